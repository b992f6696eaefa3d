"""The real server in its own process, started as by `make run`."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import SystemRandom
from typing import IO

import requests

from tests.template import Forked, template

ROOT = Path(__file__).parent.parent
NO_ENV_FILE = ROOT / "docs"
"""Where commands are run that would read a developer's `.env`: their settings are those of the test alone."""
START_SECONDS = 120
PROCESSES = 16
OWN = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PROCESSES
PORTS = range(16_384 + OWN, 32_768, PROCESSES)
"""Ports of this process of the tests, so that no other one takes a port before its server listens."""
NEXT_PORT = itertools.cycle(SystemRandom().sample(PORTS, len(PORTS)))
"""Each of them once before any comes again: a server may have been given one that does not listen yet."""
AMPLE = {
    "PRICES_DEADLINE_SECONDS": "60",
    "CANDLES_DEADLINE_SECONDS": "60",
    "SENTIMENT_DEADLINE_SECONDS": "60",
    "HEDGE_MIN_SECONDS": "60",
    "HEDGE_MAX_SECONDS": "60",
    "UPSTREAM_CONNECT_SECONDS": "60",
    "UPSTREAM_READ_SECONDS": "60",
    "UPSTREAM_TOTAL_SECONDS": "60",
}
"""Settings of a server that gives up no provider, however busy the machine is."""


def free_port() -> int:
    """Return a port on which no process listens, and which the system gives to none that takes any port."""
    while True:
        port = next(NEXT_PORT)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


Process = subprocess.Popen[bytes] | Forked


class Engine:
    """A context manager with gunicorn and the project's configuration on its own port.

    It is forked from a process that has imported the engine. A `fresh` one is started by a command instead,
    for tests of memory and of the start. What it writes goes to the file `log`.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        command: tuple[str, ...] | None = None,
        log: IO[bytes] | None = None,
        fresh: bool = False,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = command or (
            str(Path(sys.executable).parent / "gunicorn"),
            "--config",
            "gunicorn.conf.py",
            "wsgi:app",
        )
        self._log = log
        own = {
            "PYTHON_DOTENV_DISABLED": "true",
            "CATALOGUE_ENABLED": "false",
        }  # no .env of a developer counts
        self._environment = {**os.environ, **own, "PORT": str(self.port), "HOST": "127.0.0.1", **environment}
        read_at_import = "PROMETHEUS_MULTIPROC_DIR" in environment
        self._is_fresh = fresh or command is not None or read_at_import

    def __enter__(self) -> "Engine":
        self.process = self._start()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError(f"the server did not start: {self.process.returncode}")
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=15)

    def _start(self) -> Process:
        if not self._is_fresh:
            log = os.path.abspath(self._log.name) if self._log else None
            kind = "plain" if self._environment.get("WORKER_CLASS") == "gthread" else "gevent"
            return template(kind).start(self._environment, log)
        return subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,
            stdout=self._log,
            stderr=self._log,
        )

    def _answers(self) -> bool:
        """Return whether a worker serves. Once the socket is open, one request waits for it."""
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)):
                time.sleep(0.02)
                return False
        try:
            return requests.get(f"{self.url}/api/health", timeout=START_SECONDS).ok
        except requests.ConnectionError:
            return False
