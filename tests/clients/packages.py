"""Packages and tools that clients need, and how tests run them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.running import ROOT

KEY = "0123456789abcdef"
"""A key of the server."""
BIN = Path(sys.executable).parent
TYPESCRIPT = ROOT / "clients" / "typescript"
TOOLS = TYPESCRIPT / "node_modules" / ".bin"
SECONDS = 180


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Return what a command prints. A command that fails fails the test."""
    finished = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-8000:]
    return finished.stdout
