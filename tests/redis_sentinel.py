"""Real servers of Redis of which one is the master, and sentinels that replace it when it is lost."""

from contextlib import ExitStack
from pathlib import Path

import redis

from tests.redis_server import Certificate, RedisServer
from tests.waiting import eventually

SERVICE = "engine"
DOWN_AFTER = 1000
"""Milliseconds without a reply after which a sentinel thinks that a server is lost."""
QUORUM = 2
"""Sentinels that must think so."""


class SentinelServer(RedisServer):
    """A sentinel."""

    def command(self, folder: str) -> list[str]:
        """Return the command that starts it. It keeps what it knows in a file."""
        own = Path(folder, "sentinel.conf")
        own.touch()
        program, *settings = super().command(folder)
        return [program, str(own), *settings, "--sentinel"]

    def watch(self, master: RedisServer, **settings: str) -> None:
        """Watch a master."""
        with self.client() as client:
            client.execute_command("SENTINEL MONITOR", SERVICE, "127.0.0.1", str(master.port), str(QUORUM))
            for name, value in {"down_after_milliseconds": str(DOWN_AFTER), **settings}.items():
                client.execute_command("SENTINEL SET", SERVICE, name.replace("_", "-"), value)

    def look_around(self, often: bool) -> None:
        """Look for other sentinels and replicas ten times a second, or as seldom as usual."""
        info, publish = ("100", "100") if often else ("10000", "2000")
        with self.client() as client:
            client.execute_command("SENTINEL DEBUG", "info-period", info, "publish-period", publish)

    def is_ready(self) -> bool:
        """Return whether it knows the other two, and a replica that can take over."""
        with self.client() as client:
            state = client.sentinel_master(SERVICE)
            replicas = client.sentinel_slaves(SERVICE)
        return state["num-other-sentinels"] == 2 and [it["master-link-status"] for it in replicas] == ["ok"]


class Watched:
    """A context manager with a master, a replica of it, and three sentinels that watch both."""

    def __init__(self, certificate: Certificate | None = None, password: str = "") -> None:
        soon = {"repl_diskless_sync_delay": "0"}
        tls = {"tls_replication": "yes"} if certificate else {}
        self.master, self.replica = (RedisServer(certificate, password, **soon, **tls) for _ in range(2))
        self.sentinels = [SentinelServer(certificate, **tls) for _ in range(3)]
        self._watching = {"auth_pass": password} if password else {}
        self._stack = ExitStack()
        scheme, login = "rediss" if certificate else "redis", f":{password}@" if password else ""
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        self.url = f"{scheme}+sentinel://{login}{hosts}/{SERVICE}/0"
        if certificate:
            self.url += f"?ssl_ca_certs={certificate.file}"

    def __enter__(self) -> "Watched":
        with ExitStack() as stack:
            for server in (self.master, self.replica, *self.sentinels):
                stack.enter_context(server)
            with self.replica.client() as client:
                client.replicaof("127.0.0.1", str(self.master.port))
                eventually(lambda: client.info("replication")["master_link_status"] == "up")
            for sentinel in self.sentinels:
                sentinel.look_around(often=True)
                sentinel.watch(self.master, **self._watching)
            eventually(lambda: all(sentinel.is_ready() for sentinel in self.sentinels))
            for sentinel in self.sentinels:
                sentinel.look_around(often=False)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def lose_host(self) -> None:
        """Kill the master, and the sentinel that is listed first, as if they were on one host."""
        self.master.kill()
        self.sentinels[0].kill()

    @property
    def is_promoted(self) -> bool:
        """Whether the replica is the master now."""
        with self.replica.client() as client:
            try:
                return bool(client.info("replication")["role"] == "master")
            except redis.ConnectionError:  # a promotion ends all connections
                return False
