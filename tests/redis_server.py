"""A real redis-server on loopback, which can be killed in the middle and started again."""

import shutil
import subprocess
import tempfile

import pytest
import redis

from tests.running import free_port
from tests.waiting import eventually

PROGRAM = shutil.which("redis-server")

needs_redis = pytest.mark.skipif(PROGRAM is None, reason="redis-server is not installed")
"""For tests that say they were skipped where there is no Redis."""


class RedisServer:
    """Keeps nothing on disk, so that it comes back empty; a context manager."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "RedisServer":
        self._folder = tempfile.TemporaryDirectory(prefix="redis-")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._folder.cleanup()

    def start(self) -> None:
        """Listen on the same port as ever; returns when it answers."""
        assert PROGRAM is not None
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": self._folder.name,
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
        }
        arguments = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.DEVNULL)
        eventually(self._answers)

    def kill(self) -> None:
        """End it at once, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def client(self, *, seconds: float = 0.5) -> "redis.Redis":
        """A connection to it that waits no longer than so many seconds; whoever asks closes it."""
        return redis.Redis.from_url(self.url, socket_timeout=seconds, socket_connect_timeout=seconds)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "redis-server did not start"
        with self.client() as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False
