"""A real Redis Cluster whose slots can be moved."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from redis.crc import key_slot

from tests.redis_server import Certificate, RedisServer
from tests.running import free_port
from tests.waiting import eventually

SLOTS = 16_384


class Cluster:
    """A context manager with three nodes that have the slots, and a fourth without any."""

    def __init__(self, certificate: Certificate | None = None, password: str = "") -> None:
        tls = {"tls_cluster": "yes"} if certificate else {}
        self.nodes = [
            RedisServer(certificate, password, cluster_enabled="yes", cluster_port=str(free_port()), **tls)
            for _ in range(4)
        ]
        self._stack = ExitStack()
        scheme, login = "rediss" if certificate else "redis", f":{password}@" if password else ""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[:2])
        self.url = f"{scheme}+cluster://{login}{hosts}"
        if certificate:
            self.url += f"?ssl_ca_certs={certificate.file}"

    def __enter__(self) -> "Cluster":
        with ExitStack() as stack:
            clients = [stack.enter_context(stack.enter_context(node).client()) for node in self.nodes]
            bounds = [SLOTS * part // 3 for part in range(4)]
            for client, first, after in zip(clients, bounds, bounds[1:], strict=False):
                client.execute_command("CLUSTER ADDSLOTSRANGE", first, after - 1)
            for client, node in itertools.product(clients, self.nodes):  # each, as gossip takes seconds
                client.execute_command("CLUSTER MEET", "127.0.0.1", node.port, node.more["cluster-port"])
            eventually(lambda: all(_is_ready(client) for client in clients))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def keys(self, pattern: str) -> dict[bytes, RedisServer]:
        """Return the keys of a pattern, each with its node."""
        found: dict[bytes, RedisServer] = {}
        for node in self.nodes:
            with node.client() as client:
                found |= dict.fromkeys(client.keys(pattern), node)
        return found

    def move(self, pattern: str, there: RedisServer) -> None:
        """Move the slot of a key of that pattern to another node."""
        with self.moving(pattern, there):
            pass

    @contextmanager
    def moving(self, pattern: str, there: RedisServer) -> Iterator[None]:
        """Move a slot in the same way, and hold it on its way within the block."""
        key, here = next(iter(self.keys(pattern).items()))
        slot = key_slot(key)
        with here.client() as origin, there.client() as target:
            ids = [client.execute_command("CLUSTER MYID") for client in (origin, target)]
            target.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", ids[0])
            origin.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", ids[1])
            yield
            while keys := origin.execute_command("CLUSTER GETKEYSINSLOT", slot, 100):
                origin.execute_command("MIGRATE", "127.0.0.1", there.port, "", 0, 20_000, "KEYS", *keys)
            for client in (target, origin):
                client.execute_command("CLUSTER SETSLOT", slot, "NODE", ids[1])


def _is_ready(client: Any) -> bool:
    """Return whether a node knows all others, and that every slot is served."""
    state = client.execute_command("CLUSTER INFO")
    return bool(state["cluster_state"] == "ok" and state["cluster_known_nodes"] == "4")
