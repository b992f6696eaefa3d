"""`make demo`: the engine over stand-ins for its providers, with invented and marked data."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.commands.run import welcome
from engine.config import SettingsError, load_settings
from engine.config.address import refusal, url
from tests.upstreams import StandIn

KEYS = {f"{name}_API_KEY": "demo" for name in ("CRYPTOCOMPARE", "COINCAP", "CRYPTOPANIC", "NEWSAPI")}
SWITCHED_ON = {"DEMO": "true", "ENABLE_NEWS": "true"}
ALONE = {"DATABASE_URL": "", "CACHE_TYPE": "memory", "WORKERS": "1"}
"""Invented numbers go into no database and no Redis that may have real ones."""
WHAT = "Demonstration: simulated providers, made-up data, no internet."


def main() -> int:
    """Serve until interrupted, and return the server's exit status."""
    try:
        settings = load_settings({name: os.environ.get(name, "") for name in ("HOST", "PORT")})
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if reason := refusal(settings.host, settings.port):
        sys.stderr.write(f"{reason}\n")
        return 1
    sys.stdout.write(welcome(WHAT, url(settings.host, settings.port)))
    sys.stdout.flush()
    gunicorn = str(Path(sys.executable).parent / "gunicorn")
    with TemporaryDirectory(prefix="demonstration-") as folder, StandIn() as stand_in:
        urls = stand_in.base_urls() | stand_in.open_streams().urls()
        server = subprocess.Popen(
            [gunicorn, "--config", "gunicorn.conf.py", "wsgi:app"], env=environment(urls, folder)
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: server.terminate())
        return server.wait()


def environment(urls: Mapping[str, str], folder: str) -> dict[str, str]:
    """Return the environment of a server that keeps what it must in `folder`."""
    return {**os.environ, **urls, **KEYS, **SWITCHED_ON, **ALONE, "DATA_DIR": folder}


if __name__ == "__main__":
    raise SystemExit(main())
