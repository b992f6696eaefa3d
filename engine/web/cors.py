"""Which pages may call, and what they may read: flask-cors's rules, also where Flask is not asked."""

from functools import lru_cache
from typing import Any

from flask import Flask
from flask_cors.core import get_cors_headers, get_cors_options
from werkzeug.datastructures import Headers

EXPOSED = (
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy, Retry-After, "
    "Age, ETag, Cache-Status, X-Data-Source, X-Data-Gaps, X-Data-Quote, "
    "Allow, WWW-Authenticate, X-Data-Missing, X-Data-Estimated, X-Data-Unfinished, X-Request-ID"
).split(", ")
PREFLIGHT_KEPT = 86_400
"""Seconds that a browser may keep what it was told before it called."""


class Origins:
    """The headers for a page's origin."""

    def __init__(self, setting: str) -> None:
        origins = [origin.strip() for origin in setting.split(",")]
        self.options: dict[str, Any] = {
            "origins": origins,
            "send_wildcard": origins == ["*"],
            "methods": ["GET", "HEAD", "POST", "OPTIONS"],
            "expose_headers": EXPOSED,
            "max_age": PREFLIGHT_KEPT,
        }
        """What flask-cors is told. Any origin is answered with `*`, which a shared cache may keep."""
        self._same_for_all = origins == ["*"]
        self._headers = lru_cache(64)(self._made)

    def bind(self, app: Flask) -> "Origins":
        """Work with the options as `app` has them."""
        self._resolved = get_cors_options(app, self.options)  # type: ignore[arg-type]
        return self

    def headers(self, origin: str) -> list[tuple[str, str]]:
        """For an answer to a page from `origin`, which is empty where there is no page."""
        if self._same_for_all:
            return self._headers("")
        return self._headers(origin) if len(origin) <= 200 else self._made(origin)

    def _made(self, origin: str) -> list[tuple[str, str]]:
        asked = Headers({"Origin": origin} if origin else {})
        made = get_cors_headers(self._resolved, asked, "GET")  # type: ignore[arg-type]
        return [(name, str(value)) for name, value in made.items(multi=True)]
