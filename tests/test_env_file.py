"""`.env` is read by the commands only."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from engine.config import SettingsError, load_settings
from engine.config.env_file import read_env_file
from tests.running import ROOT, free_port
from tests.template import template
from tests.upstreams import StandIn
from tests.waiting import eventually

LONGEST = 30


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the path of `.env` in the current folder, and restore the environment."""
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    yield tmp_path / ".env"
    os.environ.clear()
    os.environ.update(before)


def command(file: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the engine in the folder of `file`."""
    own = {"PATH": "/usr/bin:/bin", **environment}
    return template("plain").run(("-m", "engine", *arguments), file.parent, own, LONGEST)


def shown(report: str, name: str) -> str:
    """Return the text of `make check` for a setting, with the star of those that are not the default."""
    found = re.search(rf"^([ *]) {name} +(.*)$", report, re.M)
    assert found, f"{name} is not in the report"
    return f"{found[1]}{found[2]}".strip()


def test_check_reads_it_and_the_environment_wins(written: Path) -> None:
    """`check` reads `.env`, and variables of the environment win, even empty ones, which mean the default."""
    with StandIn() as stand_in:
        hosts = "".join(f"{name}={url}\n" for name, url in stand_in.base_urls().items())
        written.write_text(f"{hosts}PORT=9000\nexport ENV='staging'\nWORKERS=1\nRATE_LIMIT_OHLCV=7\n")
        process = command(written, "check", PORT="9001", RATE_LIMIT_OHLCV="")

    assert process.returncode == 0, process.stderr
    assert shown(process.stdout, "PORT") == "*9001"
    assert shown(process.stdout, "ENV") == "*staging"
    assert shown(process.stdout, "WORKERS") == "*1"
    assert shown(process.stdout, "RATE_LIMIT_OHLCV") == "60"


def test_run_reads_it(written: Path) -> None:
    """`run` reads `.env`, including the settings that gunicorn needs before any import."""
    port = free_port()
    with StandIn() as stand_in:
        hosts = "".join(f"{name}={url}\n" for name, url in stand_in.base_urls().items())
        written.write_text(f"{hosts}HOST=127.0.0.1\nPORT={port}\nWORKER_CLASS=gthread\nLOG_LEVEL=INFO\n")
        with (
            (written.parent / "log").open("wb") as log,
            subprocess.Popen(
                [sys.executable, "-m", "engine", "run"],
                cwd=written.parent,
                env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            ) as server,
        ):
            try:
                eventually(lambda: answers(port))
            finally:
                server.terminate()
                server.wait(LONGEST)

    assert "Gthread" in (written.parent / "log").read_text()


def answers(port: int) -> bool:
    """Return whether a server answers."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/api/health", timeout=5).ok
    except requests.ConnectionError:
        return False


def test_make_run_does_that() -> None:
    """`make run`, `make check` and `make key` run the commands."""
    for target, module in (
        ("run", "engine run"),
        ("check", "engine check"),
        ("key", "engine key"),
    ):
        dry_run = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True)
        assert f"python -m {module}" in dry_run.stdout


def test_key_reads_it(written: Path) -> None:
    """`key` reads `.env`, and adds the key to the file that it names."""
    keys = written.parent / "keys"
    keys.touch()
    written.write_text(f"API_KEYS_FILE={keys}\n")
    process = command(written, "key", "alice", "pro")

    assert process.returncode == 0, process.stderr
    assert keys.read_text().startswith("alice:pro:")


def test_values_are_what_is_written(written: Path) -> None:
    """Values in `.env` are literal: variables are not replaced, and a comment may follow."""
    written.write_text('COINCAP_API_KEY=a$HOME${PATH}b\nENV="two words" # said twice\n# PORT=1\n')
    read_env_file()
    settings = load_settings()

    assert settings.provider("coincap").api_key == "a$HOME${PATH}b"
    assert (settings.env, settings.port) == ("two words", 8000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"PORT=9000\nthis is no setting\nENV=x\n'", "invalid in line 2, 4: NAME=value is expected"),
        (b"ENV=\xff\n", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_start(written: Path, text: bytes, message: str) -> None:
    """An invalid `.env` stops every command with a message that names the lines."""
    written.write_bytes(text)
    with pytest.raises(SettingsError, match=message):
        read_env_file()
    for arguments in (("check",), ("run",), ("key", "alice", "pro")):
        process = command(written, *arguments)
        assert process.returncode != 0
        assert message in process.stderr
        assert "Traceback" not in process.stderr


def test_no_file_is_no_mistake(written: Path) -> None:
    """Without `.env` the environment alone counts."""
    read_env_file()

    assert load_settings().port == 8000


def test_nothing_else_reads_it(written: Path) -> None:
    """`load_settings`, which tests and servers call, does not read `.env`."""
    written.write_text("PORT=9000\n")

    assert load_settings().port == 8000
