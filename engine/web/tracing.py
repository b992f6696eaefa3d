"""A WSGI layer that records each request as a span, below the caller's own if it names one."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask

from engine.telemetry import spans
from engine.telemetry.spans import Caller, Span
from engine.web.access_log import METHODS, QUIET, UNKNOWN, cache_outcome, routes
from engine.web.repeated_requests import REPEAT
from engine.web.responses import SCOPE

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
"""The header of a caller that traces itself: https://www.w3.org/TR/trace-context/#traceparent-header."""
FAILED_FROM = 500


class TracedRequests:
    """A WSGI application around `inner`, the layers of `app` below the access log.

    Probes and scrapers are left out: they ask every few seconds.
    """

    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self.inner = inner
        self._routes = routes(app)

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Answer the request. Its span ends when the answer is ready, as its duration in the log does."""
        if environ.get("PATH_INFO") in QUIET:
            return self.inner(environ, start_response)
        sent = environ["REQUEST_METHOD"]
        method = sent if sent in METHODS else "_OTHER"
        about = {"http.request.method": method}
        with spans.span(method, about, kind="server", caller=caller_of(environ)) as span:

            def start(
                status: str, headers: list[tuple[str, str]], exc_info: "OptExcInfo | None" = None
            ) -> Callable[[bytes], object]:
                self._describe(span, method, environ, status, dict(headers))
                return start_response(status, headers, exc_info)

            parts = self.inner(environ, start)
            if REPEAT in environ:
                environ[REPEAT] = None  # each request has its span, also a repeated one
            return parts

    def _describe(
        self, span: Span, method: str, environ: Mapping[str, Any], status: str, headers: Mapping[str, str]
    ) -> None:
        route = self._routes.get(environ.get(SCOPE, ""), UNKNOWN)
        span.rename(f"{method} {route}")
        span.set({"http.route": route, "http.response.status_code": int(status[:3])})
        if cache := headers.get("Cache-Status"):
            span.set({"cache": cache_outcome(cache)})
        if int(status[:3]) >= FAILED_FROM:
            span.fail(status[:3])


def caller_of(environ: Mapping[str, Any]) -> Caller | None:
    """Return the span that a caller names. Its flags and `tracestate` are ignored."""
    found = TRACEPARENT.fullmatch(environ.get("HTTP_TRACEPARENT", ""))
    return None if found is None else Caller(int(found[1], 16), int(found[2], 16))
