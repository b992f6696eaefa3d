"""The outermost layer: every request has an id, is counted, and has a line in the log.

What is counted is what the client is told: the status, and the headers about the data.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from engine.telemetry import logs, request_id
from engine.telemetry.metrics import Metrics
from engine.web.responses import SCOPE
from engine.web.services import services_of

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication

UNKNOWN = "unknown"
"""The endpoint of every address at which there is nothing."""
QUIET = ("/api/health", "/api/health/ready", "/metrics")
EXPECTED = ("200", "503")
"""What machines ask every few seconds, and are told then: a line of each is for `DEBUG`."""
LONGEST = 100
"""Characters of an unknown path that are logged."""
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})

log = logging.getLogger("engine.requests")


class AccessLog:
    """A WSGI application around `inner`, which is the one of `app` with everything else around it."""

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
        """Answer, and take note when the answer is ready."""
        began = self._timer()
        name = request_id.begin(environ.get("HTTP_X_REQUEST_ID"))

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: "OptExcInfo | None" = None
        ) -> Callable[[bytes], object]:
            self._take_note(environ, status, dict(headers), self._timer() - began)
            headers.append((request_id.HEADER, name))
            return start_response(status, headers, exc_info)

        return self.inner(environ, start)

    def _take_note(self, environ: dict[str, Any], status: str, told: dict[str, str], seconds: float) -> None:
        code = status[:3]
        endpoint = self._routes.get(environ.get(SCOPE, ""), UNKNOWN)
        outcome = ""
        cache, age = told.get("Cache-Status"), told.get("Age")
        if cache is not None and age is not None:
            outcome = _outcome(cache)
            self._note(endpoint, code, seconds, outcome, float(age))
        else:
            self._note(endpoint, code, seconds)
        level = _level(code, endpoint)
        if log.isEnabledFor(level):
            path = safe(environ.get("PATH_INFO", "")) if endpoint is UNKNOWN else endpoint
            size = "0" if environ["REQUEST_METHOD"] == "HEAD" else told.get("Content-Length")
            line(level, environ["REQUEST_METHOD"], path, code, seconds, size, outcome)


def line(
    level: int, method: str, path: str, status: str, seconds: float, size: str | None, outcome: str = ""
) -> None:
    """Write down a request: what was asked for and what came of it, and nothing of who asked."""
    fields = {
        "method": method if method in METHODS else "OTHER",
        "path": path,
        "status": int(status),
        "duration_ms": round(seconds * 1000, 2),
        "bytes": int(size) if size else None,
        "cache": outcome or None,
    }
    told = f"{fields['method']} {path} {status} in {fields['duration_ms']} ms"
    more = (f"{size} bytes" if size else "", outcome)
    log.log(level, "%s", ", ".join((told, *filter(None, more))), extra=logs.with_fields(fields))


def refused(app: Flask, status: int, seconds: float) -> None:
    """Take note of a request that never came as far as `app`."""
    services_of(app).metrics.note(UNKNOWN, f"{status}", seconds)
    line(logging.INFO, UNKNOWN, UNKNOWN, f"{status}", seconds, None)


def register(app: Flask) -> None:
    """Let every request say which endpoint it is for, before anything may refuse it."""
    app.before_request(_name_endpoint)


def routes(app: Flask) -> dict[str, str]:
    """How each endpoint is called: the shortest of its addresses, without what varies in it."""
    found: dict[str, str] = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        known = found.get(rule.endpoint, path)
        found[rule.endpoint] = min(path, known, key=len)
    return found


def safe(path: str) -> str:
    """An unknown path as it may be logged: no long words, which may be keys, and nothing like a query."""
    known = re.split("[?&;=]", logs.escaped(path), maxsplit=1)[0]
    return re.sub("[^/]{25,}", "…", known)[:LONGEST]


def _name_endpoint() -> None:
    if request.endpoint is not None:
        request.environ[SCOPE] = request.endpoint


@lru_cache(256)
def _level(code: str, endpoint: str) -> int:
    if endpoint in QUIET and code in EXPECTED:
        return logging.DEBUG
    return logging.WARNING if code >= "500" else logging.INFO


def _outcome(cache: str) -> str:
    """`miss`, `stale` or `hit`, from the header of RFC 9211."""
    if "fwd=miss" in cache:
        return "miss"
    return "stale" if "detail=stale" in cache else "hit"
