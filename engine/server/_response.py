"""Responses that send their header and body together."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from gunicorn import SERVER
from gunicorn.http.wsgi import Response
from gunicorn.util import http_date

from engine.server._body import is_unread
from engine.server._sending import Sender

SAFE_NAMES = frozenset(
    "Access-Control-Allow-Origin Access-Control-Expose-Headers Age Cache-Control Cache-Status "
    "Content-Encoding Content-Length Content-Security-Policy Content-Type ETag RateLimit RateLimit-Policy "
    "Referrer-Policy Retry-After Vary X-Content-Type-Options "
    "X-RateLimit-Limit X-RateLimit-Remaining X-RateLimit-Reset X-Request-ID".split()
)
"""Header names that need no check and have no effect on the connection."""

CODES = {"200 OK": 200, "304 NOT MODIFIED": 304}
"""Frequent statuses, which need no check."""


class BufferedResponse(Response):  # type: ignore[misc]
    """Sends an answer with one system call, and in one packet if it is short."""

    _head = b""
    _ready = ""
    headers_sent: bool
    status: str | None

    def __init__(self, req: Any, sock: Any, config: Any) -> None:
        super().__init__(req, sock, config)
        self.sender = Sender(sock)

    def default_headers(self) -> list[str]:
        """Return the status line and the connection's headers."""
        if is_unread(self.req.body):
            self.force_close()
        lines = [opening(self.req.version, str(self.status), self.should_close())]
        return [*lines, "Transfer-Encoding: chunked\r\n"] if self.chunked else lines

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        """Begin an answer as gunicorn does, with fewer checks of a frequent status."""
        code = CODES.get(status)
        if code is None or exc_info or self.status is not None:
            checked: Callable[[bytes], None] = super().start_response(status, headers, exc_info)
            return checked
        self.status, self.status_code = status, code
        self.process_headers(headers)
        self._omits_body = code == 304 or self.req.method == "HEAD"
        self.chunked = self.is_chunked()
        write: Callable[[bytes], None] = self.write
        return write

    def process_headers(self, headers: list[tuple[str, str]]) -> None:
        """Check only headers that are not known to be safe."""
        names = [name for name, _ in headers]
        values = "".join([value for _, value in headers])
        if not (SAFE_NAMES.issuperset(names) and values.isascii() and values.isprintable()):
            super().process_headers(headers)
            return
        self.headers = headers
        if "Content-Length" in names:
            self.response_length = int(headers[names.index("Content-Length")][1])

    def add_text(self, ready: str) -> None:
        """Send these lines behind the headers, unchecked: what they say of the connection has no effect."""
        self._ready = ready

    def send_headers(self) -> None:
        """Keep the headers until there is a body to send with them."""
        if not self.headers_sent:
            lines = self.default_headers()
            lines += [f"{name}: {value}\r\n" for name, value in self.headers]
            self._head = "".join([*lines, self._ready, "\r\n"]).encode("latin-1")
            self.headers_sent = True

    def close(self) -> None:
        """Send the rest."""
        self.send_headers()
        self._emit(b"0\r\n\r\n" if self.chunked else b"")

    def _emit_body(self, data: bytes) -> None:
        self._emit(b"%X\r\n%b\r\n" % (len(data), data) if self.chunked else data)

    def _emit(self, data: bytes) -> None:
        """Send the pending header and `data`."""
        head, self._head = self._head, b""
        self.sender.send(head, data)


def opening(version: tuple[int, int], status: str, closes: bool) -> str:
    """Return the lines of an answer that are the connection's own."""
    major, minor = version
    kept = "close" if closes else "keep-alive"
    date = _date(int(time.time()))
    return f"HTTP/{major}.{minor} {status}\r\nServer: {SERVER}\r\nDate: {date}\r\nConnection: {kept}\r\n"


@lru_cache(1)
def _date(second: int) -> str:
    """Return the `Date` header for a second."""
    text: str = http_date(second)
    return text
