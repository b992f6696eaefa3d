"""Map a provider's HTTP status or error code to an exception."""

import re

from providers._errors import Blocked, ProviderError, RateLimited, Unauthorized, Unavailable
from providers._http import Reply
from providers._retry_after import retry_after

REGION = re.compile(rb"restricted location|from your country|from your region|not available in your", re.I)
THROTTLED = re.compile(rb"too frequent|too many|rate limit", re.I)
LIMIT = re.compile(
    r"too[ _-](?:frequent|fast|many[ _-](?:requests|visits|calls))|rate[ _-]?limit|throttl", re.I
)
BANNED = re.compile(rb"banned until ([0-9]{13})\b", re.I)
THROTTLED_FOR = 600.0
"""Seconds without requests after a 403 with a rate limit or a firewall's page and without `Retry-After`."""


def refuse_by_host(reply: Reply, now: float) -> None:
    """Raise for the refusals that any host may send: too many requests, or a blocked region."""
    if reply.status in (418, 429):
        raise RateLimited(
            _status(reply), retry_after=retry_after(reply.headers, now) or _banned_for(reply.body, now)
        )
    if reply.status == 403 and THROTTLED.search(reply.body):
        raise RateLimited(_status(reply), retry_after=retry_after(reply.headers, now) or THROTTLED_FOR)
    if reply.status == 451 or (reply.status == 403 and REGION.search(reply.body)):
        raise Blocked(_status(reply))


def refuse_by_status(reply: Reply, now: float) -> None:
    """Raise for every status other than 200."""
    if reply.status == 401:
        raise Unauthorized(_status(reply))
    if reply.status != 200:
        reason, asked = f"HTTP {reply.status}", retry_after(reply.headers, now)
        if reply.status == 403 and reply.body.lstrip()[:1] == b"<":  # a page of its firewall
            asked = asked or THROTTLED_FOR
        raise Unavailable(_status(reply), reason=reason, retry_after=asked)


def _banned_for(body: bytes, now: float) -> float | None:
    """Return for how many seconds Binance bans this address, by the end of the ban in its message."""
    banned = BANNED.search(body)
    seconds = 0.0 if banned is None else int(banned[1]) / 1000 - now
    return seconds if seconds > 0 else None


def _status(reply: Reply) -> str:
    return f"{reply.host}: HTTP {reply.status}"


def refusal(kind: type[ProviderError], message: str, reply: Reply, now: float) -> ProviderError:
    """Return the error for a code in the body, with the `Retry-After` of the headers."""
    if issubclass(kind, Unavailable):
        return kind(message, retry_after=retry_after(reply.headers, now))
    return kind(message)


def limit_in(code: object) -> type[RateLimited] | None:
    """Return `RateLimited` if an error text mentions a rate limit, `None` otherwise."""
    return RateLimited if isinstance(code, str) and LIMIT.search(code) else None
