"""Packages and tools that clients need, and how tests run them."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ROOT

KEY = "0123456789abcdef"
"""A key of the server."""
BIN = Path(sys.executable).parent
TYPESCRIPT = ROOT / "clients" / "typescript"
LOCK = TYPESCRIPT / "package-lock.json"
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


def install() -> None:
    """Install what the TypeScript client needs. Skip the test without Node; with `CI=true` it fails."""
    for command in ("node", "npm"):
        if shutil.which(command) is None:
            _without(f"{command} is not installed")
    installed = TYPESCRIPT / "node_modules" / ".package-lock.json"
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of the same run may be installing them
        if not installed.exists() or installed.stat().st_mtime < LOCK.stat().st_mtime:
            finished = subprocess.run(
                ["npm", "ci"], cwd=TYPESCRIPT, capture_output=True, text=True, timeout=SECONDS, check=False
            )
            if finished.returncode:
                _without(f"the packages cannot be installed: {finished.stderr}")


def _without(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
