"""When a request is tried again."""

from crypto_data_engine_client._calls import Reply
from crypto_data_engine_client._errors import error_of

TOO_MANY = 429
UNTOLD = 1.0
"""Seconds to wait where a 429 does not say how long."""


def pause_after(reply: Reply, waited: float, patience: float) -> float | None:
    """Return the seconds until a refused request is sent again; `None` for all that are not.

    A quota that is spent opens after `Retry-After`. All pauses of a request take at most `patience` seconds.
    """
    if reply.status != TOO_MANY:
        return None
    retry = error_of(reply.status, reply.headers, reply.content).retry_after
    pause = UNTOLD if retry is None else max(retry, 0.05)
    return pause if waited + pause <= patience else None
