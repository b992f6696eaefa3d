"""`python -m engine run`, `make demo` and gunicorn itself: what they say before they serve."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.commands import run
from tests import demo
from tests.running import NO_ENV_FILE, ROOT, free_port

START = {"run": lambda: run.main([]), "demo": demo.main}
LONGEST = 60


class Served(Exception):
    """The server would serve now."""


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start no server, and read no `.env` of a developer."""

    def serve(*_: object, **__: object) -> None:
        raise Served

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "execv", serve)
    monkeypatch.setattr(demo, "StandIn", serve)


@pytest.fixture
def taken() -> Iterator[int]:
    """Yield a port of this machine on which a program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("start", START.values(), ids=START)
def test_the_address_is_said(
    start: Callable[[], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first two lines say what is served, and the address to open."""
    port = free_port()
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("PORT", str(port))

    with pytest.raises(Served):
        start()
    what, where = capsys.readouterr().out.splitlines()

    assert what.endswith("Ctrl+C ends it.")
    assert f"Open http://127.0.0.1:{port}/ " in where


@pytest.mark.parametrize("start", START.values(), ids=START)
def test_a_port_in_use_stops_the_start(
    start: Callable[[], int], taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A port in use stops the start with one sentence that names the setting."""
    monkeypatch.setenv("PORT", str(taken))

    assert start() == 1
    told = capsys.readouterr()
    assert (told.out, len(told.err.splitlines())) == ("", 1)
    assert "PORT=" in told.err


@pytest.mark.parametrize("start", START.values(), ids=START)
def test_wrong_settings_stop_the_start(
    start: Callable[[], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An invalid setting stops the start before anything is said about an address."""
    monkeypatch.setenv("PORT", "eight")

    assert start() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "Invalid settings:\n  PORT: must be an integer from 1 to 65535\n"


def test_gunicorn_says_the_same(taken: int) -> None:
    """Without these commands, as in the image, gunicorn stops at once with the same sentence."""
    command = (sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "wsgi:app")
    done = subprocess.run(
        command,
        cwd=NO_ENV_FILE,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PORT": str(taken), "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {taken} is in use.")
    assert len(done.stderr.splitlines()) == 1


def test_a_temporary_folder_is_needed(tmp_path: Path) -> None:
    """Without one, as in a container whose file system is read-only, one sentence says what to do."""
    (tmp_path / "sitecustomize.py").write_text(
        "import tempfile\ntempfile._candidate_tempdir_list = lambda: []\n"
    )
    command = (sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "wsgi:app")
    done = subprocess.run(
        command,
        cwd=NO_ENV_FILE,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{tmp_path}:{ROOT}", "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "no temporary folder can be written; mount one, such as with --tmpfs /tmp\n"


def test_invented_numbers_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration keeps its numbers in a folder of its own, never where real ones may be."""
    monkeypatch.setenv("DATA_DIR", "data")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://engine@postgres/engine")
    monkeypatch.setenv("CACHE_TYPE", "redis")
    environment = demo.environment({}, "/tmp/demonstration")

    assert environment["DATA_DIR"] == "/tmp/demonstration"
    assert (environment["DATABASE_URL"], environment["CACHE_TYPE"]) == ("", "memory")
