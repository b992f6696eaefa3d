"""How often one client may call, and how it is told."""

import time
from collections.abc import Callable

from flask import Response, current_app
from flask_limiter import RequestLimit

from engine.errors import rate_limited


def quota(name: str) -> Callable[[], str]:
    """`RATE_LIMIT_<NAME>` a minute, read when it is needed: views are declared before there are settings."""

    def limit() -> str:
        return f"{getattr(current_app.extensions['settings'], f'rate_limit_{name}')} per minute"

    return limit


def refuse(limit: RequestLimit) -> Response:
    """The answer to a client that has spent `limit`."""
    return rate_limited(_seconds_left(limit))


def headers(limit: RequestLimit) -> dict[str, str]:
    """What is left of `limit`: in the names everybody reads, and in those of the IETF's draft."""
    most, left = limit.limit.amount, limit.remaining
    return {
        "X-RateLimit-Limit": str(most),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": str(limit.reset_at),
        "RateLimit-Policy": f'"default";q={most};w={limit.limit.get_expiry()}',
        "RateLimit": f'"default";r={left};t={_seconds_left(limit)}',
    }


def _seconds_left(limit: RequestLimit) -> int:
    return max(1, limit.reset_at - int(time.time()))
