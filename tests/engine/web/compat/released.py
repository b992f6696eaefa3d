"""Released clients run from the packages beside this file, with Node's test runner."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import Engine

NODE = Path(__file__).parent / "node"
SECONDS = 180
"""The limit for all tests of one file, and for the installation of the packages."""


def run_released(test: str, engine: Engine, **environment: str) -> None:
    """Run the tests in `node/<test>.test.mjs` against `engine`, whose address is in `ENGINE_URL`."""
    prepare()
    finished = _run(NODE, "node", "--test", f"{test}.test.mjs", ENGINE_URL=engine.url, **environment)
    print(finished.stdout)

    assert finished.returncode == 0, finished.stdout


def prepare(folder: Path = NODE) -> None:
    """Install the packages of a folder.

    Skip the test without Node or its packages; under `CI=true` that is a failure.
    """
    for command in ("node", "npm"):
        if shutil.which(command) is None:
            _without(f"{command} is not installed")
    listed, written_last = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    with listed.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of the same run may be installing them
        if not written_last.exists() or written_last.stat().st_mtime < listed.stat().st_mtime:
            installed = _run(folder, "npm", "ci")
            if installed.returncode:
                _without(f"the packages cannot be installed: {installed.stdout}")


def _run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def _without(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
