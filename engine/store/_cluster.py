"""A Redis Cluster: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/."""

import threading
from collections.abc import Callable, Sequence
from hashlib import sha1
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import NoScriptError, RedisClusterException
from redis.retry import Retry


class ClusterClient:
    """Sends commands to the nodes of a cluster, all keys of a command to one. Raises `redis.RedisError`.

    It has the methods of the client of redis-py, which connects where it is made, and raises further errors.
    This one discovers the cluster with its first command, and again from the address after it lost all nodes.
    """

    def __init__(self, hosts: Sequence[tuple[str, int]], options: dict[str, Any]) -> None:
        self._hosts = hosts
        self._options = options
        self._lock = threading.Lock()
        self._failures = 0
        self._cluster: RedisCluster | None = None

    def __enter__(self) -> "ClusterClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, command: str) -> Callable[..., Any]:
        """Return a function that sends a command to the node of its keys, also where their slot has moved."""

        def send(*arguments: Any, **options: Any) -> Any:
            cluster = self._discovered()
            try:
                return getattr(cluster, command)(*arguments, **options)
            except RedisClusterException as error:
                if self._cluster is cluster:
                    self._cluster = None
                raise redis.ConnectionError(f"{error}") from error

        return send

    def delete(self, *keys: str) -> int:
        """Delete keys of one slot, and return how many there were."""
        return int(self.execute_command("DEL", *keys))

    def register_script(self, text: str | bytes) -> Callable[..., Any]:
        """Return a function that runs a script with `keys` and `args`.

        A node without the script gets it with the command. redis-py would load it into all nodes with slots,
        but a slot may be on its way to one that has none.
        """
        digest = sha1(text.encode() if isinstance(text, str) else text, usedforsecurity=False).hexdigest()

        def run(keys: Sequence[str], args: Sequence[Any] = ()) -> Any:
            try:
                return self.evalsha(digest, len(keys), *keys, *args)
            except NoScriptError:
                return self.eval(text, len(keys), *keys, *args)

        return run

    def close(self) -> None:
        """Close the connections."""
        if self._cluster is not None:
            self._cluster.close()

    def _discovered(self) -> RedisCluster:
        """Return the cluster. One of several callers discovers it, and the others share a failure."""
        cluster, failures = self._cluster, self._failures
        if cluster is not None:
            return cluster
        with self._lock:
            if self._cluster is None and self._failures == failures:
                try:
                    self._cluster = self._discover()
                except (RedisClusterException, redis.RedisError) as error:
                    self._failures += 1
                    raise redis.ConnectionError(f"{error}") from error
            if self._cluster is None:
                raise redis.ConnectionError("the cluster cannot be discovered")
            return self._cluster

    def _discover(self) -> RedisCluster:
        nodes = [_node(*host) for host in self._hosts]
        return _Nodes(startup_nodes=nodes, retry=Retry(NoBackoff(), 0), **self._options)


class _Nodes(RedisCluster):
    """The client of redis-py, which also follows a slot to a node that had none before."""

    def get_node(
        self, host: str | None = None, port: int | None = None, node_name: str | None = None
    ) -> ClusterNode | None:
        """Return a node that is known, or that another one has named."""
        known: ClusterNode | None = super().get_node(host, port, node_name)  # type: ignore[no-untyped-call]
        if known is not None or node_name is None:
            return known
        named, _, its_port = node_name.rpartition(":")
        return _node(named, int(its_port))


def _node(host: str, port: int) -> ClusterNode:
    return ClusterNode(host, port)  # type: ignore[no-untyped-call]
