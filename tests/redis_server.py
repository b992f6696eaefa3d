"""A real redis-server on loopback that tests can kill and start again."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
import redis

from tests.running import free_port
from tests.waiting import eventually

PROGRAM = shutil.which("redis-server")

needs_redis = pytest.mark.skipif(PROGRAM is None, reason="redis-server is not installed")
"""Skips tests if redis-server is not installed."""


class Certificate(NamedTuple):
    """A certificate for 127.0.0.1 that signs itself, with its key, as files."""

    file: Path
    key: Path

    @classmethod
    def made(cls, folder: Path) -> "Certificate":
        """Make one in a folder."""
        made = cls(folder / "certificate.pem", folder / "key.pem")
        command = ["openssl", "req", "-x509", "-nodes"]
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        names = ["-subj", "/CN=redis", "-addext", "subjectAltName=IP:127.0.0.1"]
        files = ["-out", str(made.file), "-keyout", str(made.key)]
        subprocess.run([*command, *kind, *names, *files], check=True, capture_output=True)
        return made

    @property
    def settings(self) -> dict[str, str]:
        """Return the settings of a Redis that has it, and wants none of its clients."""
        return {
            "tls-cert-file": str(self.file),
            "tls-key-file": str(self.key),
            "tls-ca-cert-file": str(self.file),
            "tls-auth-clients": "no",
        }


class RedisServer:
    """A context manager with a Redis. It stores nothing on disk, so that it restarts empty.

    With a `certificate` it speaks TLS alone. `more` are further settings.
    """

    def __init__(self, certificate: Certificate | None = None, password: str = "", **more: str) -> None:
        self.port = free_port()
        login = f":{password}@" if password else ""
        self.url = f"redis://{login}127.0.0.1:{self.port}"
        self.more = {name.replace("_", "-"): value for name, value in more.items()}
        if password:
            self.more |= {"requirepass": password, "masterauth": password}
        if certificate is not None:
            self.url = f"rediss://{login}127.0.0.1:{self.port}?ssl_ca_certs={certificate.file}"
            self.more |= {"port": "0", "tls-port": str(self.port), **certificate.settings}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "RedisServer":
        self._folder = tempfile.TemporaryDirectory(prefix="redis-")
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        """Return the process that runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start Redis on the same port, and return when it answers."""
        self._log = Path(self._folder.name, "redis.log")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self.command(self._folder.name), stdout=log, stderr=log)
        eventually(self._answers)

    def command(self, folder: str) -> list[str]:
        """Return the command that starts Redis with its files in a folder."""
        assert PROGRAM is not None
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": folder,
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
            **self.more,
        }
        return [PROGRAM, *(word for name, value in settings.items() for word in (f"--{name}", value))]

    def kill(self) -> None:
        """Kill Redis at once, as in a crash."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def client(self, *, seconds: float = 20) -> "redis.Redis":
        """Return a connection with a timeout. The caller closes it."""
        waits = {"socket_timeout": seconds, "socket_connect_timeout": seconds}
        return redis.Redis.from_url(self.url, driver_info=None, **waits)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"redis-server did not start: {self._log.read_text()}"
        with self.client() as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False
