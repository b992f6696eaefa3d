"""Which origins may read answers: flask-cors's rules, also for answers that Flask does not send."""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from flask import Flask
from flask_cors.core import get_cors_headers, get_cors_options
from werkzeug.datastructures import Headers

EXPOSED = (
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy, Retry-After, "
    "Age, ETag, Cache-Status, X-Data-Source, X-Data-Stale, X-Data-Age, X-Data-Gaps, X-Data-Quote, "
    "Allow, Content-Disposition, WWW-Authenticate, X-Data-Missing, X-Data-Estimated, X-Data-Unfinished, "
    "X-Request-ID, Link, X-MBX-USED-WEIGHT-1M"
).split(", ")
PREFLIGHT_KEPT = 86_400
"""Seconds that a browser may keep the answer to a preflight request."""


class Origins:
    """The CORS headers for each origin."""

    def __init__(self, setting: str) -> None:
        origins = [origin.strip() for origin in setting.split(",")]
        self.options: dict[str, Any] = {
            "origins": [_exact(origin) for origin in origins],
            "send_wildcard": origins == ["*"],
            "methods": ["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"],
            "expose_headers": EXPOSED,
            "max_age": PREFLIGHT_KEPT,
        }
        """The options of flask-cors. `*` is answered with `*`, so that shared caches can keep answers."""
        self._same_for_all = origins == ["*"]
        self._headers = lru_cache(64)(self._made)

    def bind(self, app: Flask) -> "Origins":
        """Resolve the options with the configuration of `app`."""
        self._resolved = get_cors_options(app, self.options)  # type: ignore[arg-type]
        return self

    def headers(self, origin: str) -> list[tuple[str, str]]:
        """Return the headers for a request from `origin`; empty for a request without one."""
        if self._same_for_all:
            return self._headers("")
        return self._headers(origin) if len(origin) <= 200 else self._made(origin)

    def allows(self, origin: str, host: str) -> bool:
        """Return whether a page of `origin` may ask this server, which it calls `host`.

        A page of the server itself may, where `host` is an address: a name can be that of another server,
        which has given it this server's address.
        """
        if self.headers(origin):
            return True
        return is_own(origin, host) and _is_fixed(host)

    def _made(self, origin: str) -> list[tuple[str, str]]:
        asked = Headers({"Origin": origin} if origin else {})
        headers = get_cors_headers(self._resolved, asked, "GET")  # type: ignore[arg-type]
        return [(name, str(value)) for name, value in headers.items(multi=True)]


def _exact(origin: str) -> str | re.Pattern[str]:
    """Return what flask-cors holds equal to `origin` alone: it takes an IPv6 address for a pattern."""
    return re.compile(re.escape(origin) + r"\Z", re.IGNORECASE) if "[" in origin else origin


def is_own(origin: str, host: str) -> bool:
    """Return whether a page of `origin` is of the server that is called `host`."""
    return origin.partition("://")[2] == host


def _is_fixed(host: str) -> bool:
    """Return whether `host`, which may have a port, is the same address for every resolver of names."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    try:
        return name == "localhost" or bool(ip_address(name.strip("[]")))
    except ValueError:
        return False
