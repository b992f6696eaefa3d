"""A real PostgreSQL for tests, Debian's, on its own port, with its data in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.running import free_port

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class PostgresServer:
    """A context manager with a server on loopback. Skips the test if PostgreSQL is missing."""

    def __enter__(self) -> "PostgresServer":
        if not FOLDERS:
            pytest.skip("needs Debian's postgresql")
        self._bin = FOLDERS[-1]
        self._folder = Path(tempfile.mkdtemp(prefix="postgres"))
        self.port = free_port()
        if os.getuid() == 0:  # it refuses to run as root
            self._user: str | None = "nobody"
            shutil.chown(self._folder, "nobody")
        else:
            self._user = None
        self._run("initdb", "-D", str(self._folder / "data"), "-U", "engine", "--auth=trust", "-N")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = (
            f"-F -c listen_addresses=127.0.0.1 -c port={self.port} -c shared_buffers=4MB "
            f"-c unix_socket_directories={self._folder} -c max_connections=20"
        )
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """Kill the server, as in a crash."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop", check=False)

    def database(self) -> str:
        """Return the URL of a new database."""
        name = f"test{time.monotonic_ns()}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "engine", name)
        return f"postgresql+psycopg://engine@127.0.0.1:{self.port}/{name}"

    def _run(self, name: str, *arguments: str, check: bool = True) -> None:
        uid = None if self._user is None else pwd.getpwnam(self._user).pw_uid
        done = subprocess.run(
            [self._bin / name, *arguments],
            user=uid,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert done.returncode == 0 or not check, name
