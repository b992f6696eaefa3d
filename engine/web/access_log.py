"""The outermost WSGI layer: gives every request an id, counts it, and logs it in one line.

It counts what clients see: the status, and the headers about the data.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from engine.telemetry import logs, request_id
from engine.telemetry.metrics import Metrics
from engine.web.access.callers import Peer
from engine.web.repeated_requests import REPEAT, Repeat, Repeated
from engine.web.responses import SCOPE, Reply, Served
from engine.web.services import services_of

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication

UNKNOWN = "unknown"
"""The endpoint of all unknown paths."""
QUIET = ("/api/health", "/api/health/ready", "/metrics")
EXPECTED = ("200", "503")
"""Probes and scrapers ask for these every few seconds; their expected answers are logged at `DEBUG`."""
NO_DATA = Served("", 0)
"""What is counted of an answer without cached data."""
LONGEST = 100
"""Characters of an unknown path that are logged."""
LOGGED = ("REQUEST_METHOD", "PATH_INFO", SCOPE, "HTTP_X_REQUEST_ID")
"""What is logged of a request, and the id that it brings."""
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})

log = logging.getLogger("engine.requests")


class AccessLog:
    """A WSGI application around `inner`, the other layers of `app`."""

    def __init__(
        self,
        app: Flask,
        inner: "WSGIApplication",
        metrics: Metrics,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.inner = inner
        self._note = metrics.note
        self._timer = timer
        self._routes = routes(app)

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Answer the request, and count and log it once the answer is ready."""
        began = self._timer()
        name = request_id.begin(environ.get("HTTP_X_REQUEST_ID"))

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: "OptExcInfo | None" = None
        ) -> Callable[[bytes], object]:
            found = dict(headers)
            self._record(environ, status, _served(found), found.get("Content-Length"), self._timer() - began)
            headers.append((request_id.HEADER, name))
            return start_response(status, headers, exc_info)

        parts = self.inner(environ, start)
        if (repeat := environ.get(REPEAT)) is not None:
            environ[REPEAT] = self._repeat(repeat, environ)
        return parts

    def _repeat(self, inner: Callable[[Peer], Reply | None], environ: dict[str, Any]) -> Repeat:
        """Return a function that answers the same head as `inner` does, and counts and logs it."""
        sent = {name: environ[name] for name in LOGGED if name in environ}

        def repeat(peer: Peer) -> Repeated | None:
            began = self._timer()
            name = request_id.begin(sent.get("HTTP_X_REQUEST_ID"))
            reply = inner(peer)
            if reply is None:
                return None
            size = f"{len(reply.body)}" if reply.body else None
            self._record(sent, reply.status, reply.served, size, self._timer() - began)
            headers, ready = reply.headers, reply.constant.text
            if not ready:  # a refusal
                headers = [*headers, *reply.constant.pairs]
            headers.append((request_id.HEADER, name))
            lines = "".join([f"{header}: {value}\r\n" for header, value in headers])
            return Repeated(reply.status, f"{reply.written}{lines}{ready}", reply.body)

        return repeat

    def _record(
        self, environ: Mapping[str, Any], status: str, served: Served | None, size: str | None, seconds: float
    ) -> None:
        code = status[:3]
        endpoint = self._routes.get(environ.get(SCOPE, ""), UNKNOWN)
        outcome, age = served or NO_DATA
        self._note(endpoint, code, seconds, outcome, age)
        level = _level(code, endpoint)
        if log.isEnabledFor(level):
            path = safe(environ.get("PATH_INFO", "")) if endpoint is UNKNOWN else endpoint
            method = environ["REQUEST_METHOD"]
            line(level, method, path, code, seconds, "0" if method == "HEAD" else size, outcome)


def line(
    level: int, method: str, path: str, status: str, seconds: float, size: str | None, outcome: str = ""
) -> None:
    """Log the request and its result, and nothing about the client."""
    method = method if method in METHODS else "OTHER"
    duration = round(seconds * 1000, 2)
    summary = f"{method} {path} {status} in {duration} ms"
    if size:
        summary += f", {size} bytes"
    if outcome:
        summary += f", {outcome}"
    fields = {
        "method": method,
        "path": path,
        "status": int(status),
        "duration_ms": duration,
        "bytes": int(size) if size else None,
        "cache": outcome or None,
    }
    logs.log_later(log, level, summary, fields)


def refused(app: Flask, status: int, seconds: float) -> None:
    """Count and log a request that gunicorn refused before it reached `app`."""
    services_of(app).metrics.note(UNKNOWN, f"{status}", seconds)
    line(logging.INFO, UNKNOWN, UNKNOWN, f"{status}", seconds, None)


def register(app: Flask) -> None:
    """Let every request name its endpoint before another hook can refuse it."""
    app.before_request(_name_endpoint)


def routes(app: Flask) -> dict[str, str]:
    """Return the name of each endpoint: the shortest of its paths, with placeholders for variable parts."""
    found: dict[str, str] = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        known = found.get(rule.endpoint, path)
        found[rule.endpoint] = min(path, known, key=len)
    return found


def safe(path: str) -> str:
    """Make an unknown path safe to log: without long words, which may be keys, and without a query."""
    known = re.split("[?&;=]", logs.escaped(path), maxsplit=1)[0]
    return re.sub("[^/]{25,}", "…", known)[:LONGEST]


def _name_endpoint() -> None:
    if request.endpoint is not None:
        request.environ[SCOPE] = request.endpoint


def _served(headers: Mapping[str, str]) -> Served | None:
    """Return what the headers of a response say about cached data."""
    cache, age = headers.get("Cache-Status"), headers.get("Age")
    return None if cache is None or age is None else Served(cache_outcome(cache), int(age))


def cache_outcome(cache: str) -> str:
    """Return `miss`, `stale` or `hit`, from a `Cache-Status` header (RFC 9211)."""
    if "fwd=miss" in cache:
        return "miss"
    return "stale" if "detail=stale" in cache else "hit"


@lru_cache(256)
def _level(code: str, endpoint: str) -> int:
    if endpoint in QUIET and code in EXPECTED:
        return logging.DEBUG
    return logging.WARNING if code >= "500" else logging.INFO
