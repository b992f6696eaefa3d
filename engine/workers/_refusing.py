"""The one body for what gunicorn itself refuses."""

import http
import socket
import time
from collections.abc import Iterable
from typing import Any

from gunicorn.http import errors as refusals
from gunicorn.util import http_date

from engine import request_id, watch
from engine.errors import FRAMEWORK_CODES, MESSAGES, error_body, error_headers
from engine.hardening import ALWAYS

LEFT_UNREAD = 256 * 1024
LINGER = 1.0
"""Bytes that are still taken from a client who is not listened to any more, and seconds for that and for the
refusal to be taken: otherwise the connection would be reset under it."""
STATUS = {
    refusals.LimitRequestLine: 414,
    refusals.LimitRequestHeaders: 431,
    refusals.ExpectationFailed: 417,
    refusals.UnsupportedTransferCoding: 501,
    refusals.ForbiddenProxyRequest: 403,
}
"""What is not said to be anything else is 400."""
TEXTS = {
    **MESSAGES,
    400: "This is not HTTP as it should be",
    414: "The request line is too long",
    431: "The header is too large",
}


class Refusing:
    """Answers a broken request like any other failure, and logs nothing of whom it came from."""

    log: Any
    wsgi: Any

    def notify(self) -> None:
        """Tell gunicorn that this worker lives, and the others what it has counted."""
        super().notify()  # type: ignore[misc]
        if hasattr(self, "wsgi"):
            self.wsgi.extensions["metrics"].beat()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Tell the client what gunicorn found wrong."""
        began = time.perf_counter()
        name = request_id.current()
        if isinstance(exc, refusals.ParseException | refusals.InvalidHeader | refusals.InvalidHeaderName):
            kinds = (status for kind, status in STATUS.items() if isinstance(exc, kind))
            status = next(kinds, 400)
            name = request_id.begin()  # the last one was of another request on the same connection
            self.log.info("refused a broken request: %s", type(exc).__name__)
        else:
            status = 500
            name = name or request_id.begin()
            self.log.error("unforeseen failure", exc_info=exc)
        unknown_origin = ""
        cross = self.wsgi.extensions["origins"].headers(unknown_origin)
        watch.refused(self.wsgi, status, time.perf_counter() - began)
        try:
            client.settimeout(LINGER)
            client.sendall(refusal(status, [*cross, (request_id.HEADER, name)]))
            linger(client)
        except OSError as error:
            self.log.debug("the client did not wait for the refusal: %s", type(error).__name__)


def refusal(status: int, more: Iterable[tuple[str, str]]) -> bytes:
    """A whole answer with `more` headers, after which the connection is closed."""
    code = FRAMEWORK_CODES.get(status, "INTERNAL_ERROR" if status >= 500 else "INVALID_REQUEST")
    phrase = http.HTTPStatus(status).phrase
    body = error_body(code, TEXTS.get(status, phrase))
    headers = [("Date", http_date()), ("Connection", "close"), *error_headers(body), *ALWAYS, *more]
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def linger(client: socket.socket) -> None:
    """End a connection whose client is still sending, and let it read what it was told."""
    client.shutdown(socket.SHUT_WR)
    end = time.monotonic() + LINGER
    taken = 0
    while taken < LEFT_UNREAD and (left := end - time.monotonic()) > 0:
        client.settimeout(left)
        some = client.recv(16_384)
        if not some:
            break
        taken += len(some)
