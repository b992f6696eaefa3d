"""Connect to Redis; every connection of the engine begins here."""

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.connection import SSLConnection, parse_url
from redis.driver_info import DriverInfo
from redis.retry import Retry

from engine.config.redis_url import RedisUrl
from engine.store._cluster import ClusterClient
from engine.store._sentinels import Sentinels

BROKEN = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What replies raise that break the protocol of Redis."""
DRIVER = DriverInfo(lib_version=redis.__version__)
"""What connections say of themselves; redis-py would read its version from the disk for each of them."""


def connect(url: str, seconds: float, *, reply: float | None = None) -> Any:
    """Return a client, which connects with its first command.

    It waits `seconds` for a connection, and `reply` seconds for a reply (by default as long).
    It tries nothing again: its user gets a `redis.RedisError`, and decides what to do meanwhile.
    """
    address = RedisUrl.of(url)
    waits = {"socket_connect_timeout": seconds, "socket_timeout": seconds}
    options: dict[str, Any] = {**waits, "protocol": 2, "retry": Retry(NoBackoff(), 0), "driver_info": DRIVER}
    of_redis = {**options, "socket_timeout": seconds if reply is None else reply}
    if not address.hosts:
        return redis.Redis.from_url(address.server, **of_redis)
    said = _said(address.server)
    if not address.service:
        del of_redis["retry"]  # the cluster has its own
        return ClusterClient(address.hosts, {**of_redis, **said})
    of_sentinels = {**options, **dict(address.login), **_of_tls(said)}
    sentinels: Any = Sentinels(address.hosts, sentinel_kwargs=of_sentinels)  # type: ignore[no-untyped-call]
    return sentinels.master_for(address.service, **{**of_redis, **said})


def _said(server: str) -> dict[str, Any]:
    """Return the options in the URL of a server, apart from its place."""
    options: dict[str, Any] = parse_url(server)  # type: ignore[no-untyped-call]
    del options["host"]
    return {**options, "ssl": True} if options.pop("connection_class", None) is SSLConnection else options


def _of_tls(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name == "ssl" or name.startswith("ssl_")}
