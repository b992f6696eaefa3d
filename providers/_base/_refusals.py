"""How a provider refuses a call: by its status, or by an error code in its body."""

import re

from providers._errors import Blocked, ProviderError, RateLimited, Unauthorized, Unavailable
from providers._http import Reply
from providers._rest import rest

REGION = re.compile(rb"restricted location|from your country|from your region|not available in your", re.I)
THROTTLED = re.compile(rb"too frequent|too many|rate limit", re.I)
LIMIT = re.compile(
    r"too[ _-](?:frequent|fast|many[ _-](?:requests|visits|calls))|rate[ _-]?limit|throttl", re.I
)
THROTTLED_FOR = 600.0
"""Seconds to stay away from who refuses us for asking too often, where it does not say how long."""


def refuse_by_host(reply: Reply, now: float) -> None:
    """Raise what any host may say before it reads the request: too often, or not from this region."""
    if reply.status in (418, 429):
        raise RateLimited(retry_after=rest(reply.headers, now))
    if reply.status == 403 and THROTTLED.search(reply.body):
        raise RateLimited(retry_after=rest(reply.headers, now) or THROTTLED_FOR)
    if reply.status == 451 or (reply.status == 403 and REGION.search(reply.body)):
        raise Blocked


def refuse_by_status(reply: Reply, now: float) -> None:
    """Raise for every status but 200."""
    if reply.status == 401:
        raise Unauthorized
    if reply.status != 200:
        raise Unavailable(reason=f"HTTP {reply.status}", retry_after=rest(reply.headers, now))


def refusal(kind: type[ProviderError], message: str, reply: Reply, now: float) -> ProviderError:
    """Return the error that a code in the body means, with the rest that the headers ask for."""
    if issubclass(kind, Unavailable):
        return kind(message, retry_after=rest(reply.headers, now))
    return kind(message)


def limit_in(code: object) -> type[RateLimited] | None:
    """Return `RateLimited` for an error text that speaks of a limit, whether a provider lists it or not."""
    return RateLimited if isinstance(code, str) and LIMIT.search(code) else None
