"""The quotas of clients, and the headers that report them."""

import time
from collections.abc import Callable
from functools import lru_cache
from math import floor
from typing import NamedTuple, cast

from flask import Response, request
from flask_limiter import RequestLimit
from limits import RateLimitItem, RateLimitItemPerMinute, parse
from limits.strategies import RateLimiter

from engine.config import Settings
from engine.web.access.callers import Caller
from engine.web.access.sliding_windows import SlidingWindows, Window
from engine.web.errors import rate_limited
from engine.web.services import current_services

PREFIX = "engine"
"""The prefix of all counters."""
CALLER = "engine.caller"
QUOTA = "engine.quota"
"""Where a request's WSGI environment holds its caller, and the name of its quota."""
BUCKET = "bucket"
"""A placeholder for the bucket in the keys of `limits`."""
GUESSES = RateLimitItemPerMinute(20)
"""Unknown keys from one address."""


class QuotaStatus(NamedTuple):
    """The rest of a quota of `most` in `window` seconds, and when (Unix seconds) it grows again."""

    most: int
    window: int
    left: int
    reset_at: int

    @classmethod
    def of(cls, limit: RequestLimit) -> "QuotaStatus":
        """Convert the result of flask-limiter."""
        return cls(limit.limit.amount, limit.limit.get_expiry(), limit.remaining, limit.reset_at)

    @property
    def wait(self) -> int:
        """Seconds until the rest grows."""
        return max(1, self.reset_at - int(time.time()))

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers, under their common names and those of the IETF draft."""
        return [
            ("X-RateLimit-Limit", f"{self.most}"),
            ("X-RateLimit-Remaining", f"{self.left}"),
            ("X-RateLimit-Reset", f"{self.reset_at}"),
            ("RateLimit-Policy", f'"default";q={self.most};w={self.window}'),
            ("RateLimit", f'"default";r={self.left};t={self.wait}'),
        ]


def quota(name: str) -> Callable[[], str]:
    """Return a function that reads `RATE_LIMIT_<NAME>`; views are declared before the settings are loaded."""

    def limit() -> str:
        request.environ[QUOTA] = name
        return text(current_services().settings, name, caller().times)

    limit.quota = name  # type: ignore[attr-defined]
    return limit


def text(settings: Settings, name: str, times: float | None) -> str:
    """Return the quota `name` of callers with this factor, in the notation of `limits`."""
    return f"{amount(settings, name, times or 1)} per minute"


def amount(settings: Settings, name: str, times: float) -> int:
    """Return the requests a minute of the quota `name`."""
    usual: int = getattr(settings, f"rate_limit_{name}")
    return max(1, round(usual * times))


@lru_cache(64)
def item(written: str) -> RateLimitItem:
    """Parse a quota."""
    return parse(written)


def spend(
    strategy: RateLimiter, limit: RateLimitItem, bucket: str, scope: str, amount: int = 1
) -> tuple[bool, QuotaStatus]:
    """Count a request of `bucket` in `scope`. Return whether it may be served, and what is left."""
    storage = cast(SlidingWindows, strategy.storage)
    before, after = _around(limit, scope)
    allowed, window = storage.spend(f"{before}{bucket}{after}", limit.amount, limit.get_expiry(), amount)
    return allowed, _status_of(limit, window)


@lru_cache(256)
def _around(limit: RateLimitItem, scope: str) -> tuple[str, str]:
    """Return what precedes and follows the bucket in a key of `limits`."""
    before, _, after = limit.key_for(PREFIX, BUCKET, scope).partition(BUCKET)
    return before, after


def _status_of(limit: RateLimitItem, window: Window) -> QuotaStatus:
    """Compute what `get_window_stats` of `limits` would read, from the counts just made."""
    before, before_left, count, left = window
    expiry = limit.get_expiry()
    spent = floor(before * before_left / expiry + count)
    more_in = min(before_left % (expiry / before) if before else expiry, left % expiry if count else expiry)
    reset = time.time() + (more_in if before or count else 0)
    return QuotaStatus(limit.amount, expiry, max(0, limit.amount - spent), int(reset + 1))


def used(strategy: RateLimiter, limit: RateLimitItem, bucket: str, scope: str) -> int:
    """Return how much of `limit` is spent."""
    left: int = strategy.get_window_stats(limit, PREFIX, bucket, scope).remaining
    return limit.amount - left


def until(strategy: RateLimiter, limit: RateLimitItem, bucket: str, scope: str, amount: int) -> float:
    """Return the seconds until `amount` of `limit` is free. `amount` must not exceed the limit."""
    storage = cast(SlidingWindows, strategy.storage)
    key = limit.key_for(PREFIX, bucket, scope)
    return wait(limit, storage.get_sliding_window(key, limit.get_expiry()), amount)


def wait(limit: RateLimitItem, window: Window, amount: int) -> float:
    """Return the seconds until `amount` more fits into a sliding window without other requests."""
    before, before_left, count, left = window
    expiry, room = limit.get_expiry(), limit.amount - amount + 1
    if count < room:  # the count of the previous window has to fade
        return max(0.0, before_left - (room - count) * expiry / before) if before else 0.0
    return left - expiry + expiry * (1 - room / count)


def units(size: int, unit: int) -> int:
    """Return how many requests an input of `size` counts as."""
    return max(1, -(-size // unit))


def caller() -> Caller:
    """Return the caller of the current request."""
    found: Caller = request.environ[CALLER]
    return found


def bucket() -> str:
    """Return the quota bucket of the current request."""
    return caller().bucket


def is_unlimited() -> bool:
    """Return whether the caller has no quota."""
    return CALLER in request.environ and caller().times is None


def refuse(limit: RequestLimit) -> Response:
    """Return the answer to a client that has spent `limit`."""
    return rate_limited(QuotaStatus.of(limit).wait)
