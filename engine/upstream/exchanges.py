"""Record each request to a provider's host as a span: the host, the path, and the status or the cause."""

import re
from collections.abc import Callable

from engine.telemetry import spans
from providers import Exchange, FeedSource, Provider, Reply, host

LONG = re.compile(r"[^/]{25,}")
"""Words that may be keys."""
FAILED_FROM = 400


def recorded(provider: Provider) -> Exchange:
    """Return what sends the requests of `provider` and records them.

    The query is left out, since it may contain a key. So is the path of a news feed: the operator set it.
    """
    has_public_paths = not isinstance(provider, FeedSource)

    def exchange(method: str, address: str, path: str, send: Callable[[], Reply]) -> Reply:
        if not spans.is_recording():
            return send()
        about = {
            "provider": provider.name,
            "http.request.method": method,
            "server.address": host(address),
            "url.path": safe(path) if has_public_paths else "",
        }
        with spans.span(f"{method} {host(address)}", about, kind="client") as span:
            reply = send()
            span.set({"http.response.status_code": reply.status})
            if reply.status >= FAILED_FROM:
                span.fail(f"{reply.status}")
            return reply

    return exchange


def safe(path: str) -> str:
    """Return a path without its query and without long words."""
    return LONG.sub("…", path.partition("?")[0])
