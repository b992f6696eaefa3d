"""Released clients run from the packages beside this file, with Node's test runner."""

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
"""The file that npm writes when all packages are installed."""
SECONDS = 180
"""The limit for all tests of one file, and for the installation of the packages."""


def run_released(test: str, engine: Engine, **environment: str) -> None:
    """Run the tests in `node/<test>.test.mjs` against `engine`, whose address is in `ENGINE_URL`."""
    prepare()
    finished = _run("node", "--test", f"{test}.test.mjs", ENGINE_URL=engine.url, **environment)
    print(finished.stdout)

    assert finished.returncode == 0, finished.stdout


def prepare() -> None:
    """Install the packages. Skip the test without Node or its packages; under `CI=true` that is a failure."""
    for command in ("node", "npm"):
        if shutil.which(command) is None:
            _without(f"{command} is not installed")
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of the same run may be installing them
        _install()


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
