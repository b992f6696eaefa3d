"""Running released clients: the packages beside this file, in Node's own test runner."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import Engine

NODE = Path(__file__).parent / "node"
LOCK = NODE / "package-lock.json"
INSTALLED = NODE / "node_modules" / ".package-lock.json"
"""What npm writes when everything is there."""
SECONDS = 180
"""For all of one file's tests, or to install the packages."""


def run_released(test: str, engine: Engine, **environment: str) -> None:
    """The tests in `node/<test>.test.mjs` against `engine`, which they find as `ENGINE_URL`.

    Skipped where Node or its packages cannot be had; that is a failure under `CI=true`.
    """
    for command in ("node", "npm"):
        if shutil.which(command) is None:
            _without(f"{command} is not installed")
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of the same run may be installing them
        _install()
    told = _run("node", "--test", f"{test}.test.mjs", ENGINE_URL=engine.url, **environment)
    print(told.stdout)

    assert told.returncode == 0, told.stdout


def _install() -> None:
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        installed = _run("npm", "ci")
        if installed.returncode:
            _without(f"the packages cannot be installed: {installed.stdout}")


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=NODE,
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
