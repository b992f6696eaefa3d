"""The answers to requests that gunicorn itself refuses, in the common body of failures."""

import http
import socket
import time
from collections.abc import Iterable
from typing import Any

from gunicorn.http import errors as refusals
from gunicorn.util import http_date

from engine.errors import ApiError
from engine.server._accepted import accept_of, accept_of_refused
from engine.telemetry import request_id
from engine.web import access_log, errors
from engine.web.capacity import Capacity
from engine.web.errors import FRAMEWORK_CODES, MESSAGES
from engine.web.hardening import ALWAYS
from engine.web.services import services_of

DISCARDED = 256 * 1024
"""Bytes that are read and dropped after a refusal; closing at once would reset the connection under it."""
MOST_LINGERING = 256
"""Connections that are closed in this way at a time."""
LINGER = 1.0
"""Seconds for sending a refusal, and for dropping what the client still sends."""
STATUS = {
    refusals.LimitRequestLine: 414,
    refusals.LimitRequestHeaders: 431,
    refusals.ExpectationFailed: 417,
    refusals.UnsupportedTransferCoding: 501,
    refusals.ForbiddenProxyRequest: 403,
}
OWN_FAULTS = (refusals.InvalidResponseHeader, refusals.InvalidResponseHeaderName)
"""Faults of our own response, not of the request."""
CODES = {**FRAMEWORK_CODES, 400: "INVALID_REQUEST", 503: "OVERLOADED", 505: "HTTP_VERSION_NOT_SUPPORTED"}
WAIT = 1
"""Seconds after which a connection may be accepted again."""
TEXTS = {
    **MESSAGES,
    400: "Malformed HTTP request",
    414: "The request line is too long",
    431: "The header is too large",
    503: "Too many connections",
    505: "Unsupported HTTP version",
}


_lingering = Capacity(MOST_LINGERING, MOST_LINGERING)


class TooManyConnections(refusals.ParseException):  # type: ignore[misc]
    """The worker has too many connections for a request of a client that accepts `accept`."""

    def __init__(self, accept: str) -> None:
        super().__init__()
        self.accept = accept


class ErrorResponder:
    """Answers a broken request like any other failure, and logs nothing about its sender."""

    log: Any
    wsgi: Any

    def notify(self) -> None:
        """Send gunicorn the worker's heartbeat, and flush the metrics."""
        super().notify()  # type: ignore[misc]
        if hasattr(self, "wsgi"):
            services_of(self.wsgi).metrics.beat()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Send the client the reason of the refusal."""
        began = time.perf_counter()
        name = request_id.current()
        if isinstance(exc, refusals.ParseException) and not isinstance(exc, OWN_FAULTS):
            status = status_of(exc)
            name = request_id.begin()  # the current id belongs to the previous request on this connection
            self.log.info("refused a request: %s", type(exc).__name__)
        else:
            status = 500
            name = name or request_id.begin()
            self.log.error("unforeseen failure", exc_info=exc)
        unknown_origin = ""
        cors = services_of(self.wsgi).origins.headers(unknown_origin)
        access_log.refused(self.wsgi, status, time.perf_counter() - began)
        try:
            accept = _accept(req, client, exc)
            client.settimeout(LINGER)
            client.sendall(refusal(status, [*cors, (request_id.HEADER, name)], accept))
            linger(client)
        except OSError as error:
            self.log.debug("client left before the refusal was sent: %s", type(error).__name__)


def status_of(refused: BaseException) -> int:
    """Return the status for a refused request; 400 unless there is a better one."""
    if isinstance(refused, TooManyConnections):
        return 503
    if isinstance(refused, refusals.InvalidHTTPVersion):
        return 505 if isinstance(refused.version, tuple) else 400  # a text is no version at all
    return next((status for kind, status in STATUS.items() if isinstance(refused, kind)), 400)


def _accept(req: Any, client: socket.socket, exc: BaseException) -> str:
    """Return which form of a failure the client accepts. Raises `OSError`."""
    if isinstance(exc, TooManyConnections):
        return exc.accept
    if req is not None:
        return accept_of(req)
    return accept_of_refused(exc, client)


def refusal(status: int, more: Iterable[tuple[str, str]], accept: str = "") -> bytes:
    """Return a complete answer with `more` headers, after which the connection is closed."""
    code = CODES.get(status, "INTERNAL_ERROR" if status >= 500 else "INVALID_REQUEST")
    phrase = http.HTTPStatus(status).phrase
    wait = WAIT if status == 503 else None
    failure = ApiError(TEXTS.get(status, phrase), code=code, status=status, retry_after=wait)
    body, described = errors.refusal(failure, accept)
    headers = [("Date", http_date()), ("Connection", "close"), *described, *ALWAYS, *more]
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def linger(client: socket.socket) -> None:
    """Close a connection whose client is still sending, and let it read the answer first."""
    if not _lingering.acquire(1):
        return
    try:
        _discard(client)
    finally:
        _lingering.release(1)


def _discard(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)
    end = time.monotonic() + LINGER
    taken = 0
    while taken < DISCARDED and (left := end - time.monotonic()) > 0:
        client.settimeout(left)
        some = client.recv(16_384)
        if not some:
            break
        taken += len(some)
