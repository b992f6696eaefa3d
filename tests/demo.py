"""`make demo`: the engine over stand-ins for its providers, with invented and marked data."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.upstreams import StandIn

KEYS = {f"{name}_API_KEY": "demo" for name in ("CRYPTOCOMPARE", "COINCAP", "CRYPTOPANIC", "NEWSAPI")}
SWITCHED_ON = {"DEMO": "true", "ENABLE_NEWS": "true"}


def main() -> int:
    """Serve until interrupted, and return the server's exit status."""
    gunicorn = str(Path(sys.executable).parent / "gunicorn")
    with StandIn() as stand_in:
        urls = stand_in.base_urls() | stand_in.open_streams().urls()
        environment = {**os.environ, **urls, **KEYS, **SWITCHED_ON}
        server = subprocess.Popen([gunicorn, "--config", "gunicorn.conf.py", "wsgi:app"], env=environment)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: server.terminate())
        return server.wait()


if __name__ == "__main__":
    raise SystemExit(main())
