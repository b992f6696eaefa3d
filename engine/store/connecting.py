"""Connect to Redis; every connection of the engine begins here."""

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

BROKEN = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What replies raise that break the protocol of Redis."""


def connect(url: str, seconds: float, *, reply: float | None = None) -> Any:
    """Return a client, which connects with its first command.

    It waits `seconds` for a connection, and `reply` seconds for a reply (by default as long).
    It tries nothing again: its user gets a `redis.RedisError`, and decides what to do meanwhile.
    """
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=seconds,
        socket_timeout=seconds if reply is None else reply,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )
