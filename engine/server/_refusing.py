"""The one body for what gunicorn itself refuses."""

import http
import socket
import time
from collections.abc import Iterable
from typing import Any

from gunicorn.http import errors as refusals
from gunicorn.util import http_date

from engine.telemetry import request_id
from engine.web import access_log
from engine.web.capacity import Capacity
from engine.web.errors import FRAMEWORK_CODES, MESSAGES, error_body, error_headers
from engine.web.hardening import ALWAYS
from engine.web.services import services_of

LEFT_UNREAD = 256 * 1024
MOST_LINGERING = 256
LINGER = 1.0
"""Bytes that are still taken from a client who is not listened to any more, from how many at a time, and
seconds for that and for the refusal to be taken: otherwise the connection would be reset under it."""
STATUS = {
    refusals.LimitRequestLine: 414,
    refusals.LimitRequestHeaders: 431,
    refusals.ExpectationFailed: 417,
    refusals.UnsupportedTransferCoding: 501,
    refusals.ForbiddenProxyRequest: 403,
}
OURS = (refusals.InvalidResponseHeader, refusals.InvalidResponseHeaderName)
"""What is wrong with an answer, which no client can help."""
CODES = {**FRAMEWORK_CODES, 503: "OVERLOADED", 505: "HTTP_VERSION_NOT_SUPPORTED"}
WAIT = 1
"""Seconds after which there may be room for another connection."""
TEXTS = {
    **MESSAGES,
    400: "This is not HTTP as it should be",
    414: "The request line is too long",
    431: "The header is too large",
    503: "There are too many connections",
    505: "This version of HTTP is not spoken here",
}


_lingering = Capacity(MOST_LINGERING, MOST_LINGERING)


class TooManyConnections(refusals.ParseException):  # type: ignore[misc]
    """There is no room for another connection."""


class Refusing:
    """Answers a broken request like any other failure, and logs nothing of whom it came from."""

    log: Any
    wsgi: Any

    def notify(self) -> None:
        """Tell gunicorn that this worker lives, and the others what it has counted."""
        super().notify()  # type: ignore[misc]
        if hasattr(self, "wsgi"):
            services_of(self.wsgi).metrics.beat()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Tell the client what gunicorn found wrong."""
        began = time.perf_counter()
        name = request_id.current()
        if isinstance(exc, refusals.ParseException) and not isinstance(exc, OURS):
            status = status_of(exc)
            name = request_id.begin()  # the last one was of another request on the same connection
            self.log.info("refused a request: %s", type(exc).__name__)
        else:
            status = 500
            name = name or request_id.begin()
            self.log.error("unforeseen failure", exc_info=exc)
        unknown_origin = ""
        cross = services_of(self.wsgi).origins.headers(unknown_origin)
        access_log.refused(self.wsgi, status, time.perf_counter() - began)
        try:
            client.settimeout(LINGER)
            client.sendall(refusal(status, [*cross, (request_id.HEADER, name)]))
            linger(client)
        except OSError as error:
            self.log.debug("the client did not wait for the refusal: %s", type(error).__name__)


def status_of(refused: BaseException) -> int:
    """What is told of a request that gunicorn refused; what is not said to be anything else is 400."""
    if isinstance(refused, TooManyConnections):
        return 503
    if isinstance(refused, refusals.InvalidHTTPVersion):
        return 505 if isinstance(refused.version, tuple) else 400  # a text is none at all
    return next((status for kind, status in STATUS.items() if isinstance(refused, kind)), 400)


def refusal(status: int, more: Iterable[tuple[str, str]]) -> bytes:
    """A whole answer with `more` headers, after which the connection is closed."""
    code = CODES.get(status, "INTERNAL_ERROR" if status >= 500 else "INVALID_REQUEST")
    phrase = http.HTTPStatus(status).phrase
    wait = WAIT if status == 503 else None
    body = error_body(code, TEXTS.get(status, phrase), retry_after=wait)
    headers = [("Date", http_date()), ("Connection", "close"), *error_headers(body, wait), *ALWAYS, *more]
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def linger(client: socket.socket) -> None:
    """End a connection whose client is still sending, and let it read what it was told."""
    if not _lingering.acquire(1):
        return
    try:
        _take_what_comes(client)
    finally:
        _lingering.release(1)


def _take_what_comes(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)
    end = time.monotonic() + LINGER
    taken = 0
    while taken < LEFT_UNREAD and (left := end - time.monotonic()) > 0:
        client.settimeout(left)
        some = client.recv(16_384)
        if not some:
            break
        taken += len(some)
