"""A connection to Redis that fails at once, so that its user decides what to do meanwhile."""

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def client_of(url: str, connect: float, reply: float) -> Any:
    """Return a client that waits so many seconds for a connection, and for a reply."""
    return redis.Redis.from_url(
        url, socket_connect_timeout=connect, socket_timeout=reply, retry=Retry(NoBackoff(), 0), protocol=2
    )
