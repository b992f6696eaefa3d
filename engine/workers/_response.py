"""Answers as gunicorn sends them, with the header and the body in one piece."""

import re
import time
from functools import lru_cache

from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.wsgi import Response
from gunicorn.util import http_date

PLAIN = frozenset(
    "Access-Control-Allow-Origin Access-Control-Expose-Headers Age Cache-Control Cache-Status "
    "Content-Encoding Content-Length Content-Type ETag RateLimit RateLimit-Policy Referrer-Policy "
    "Retry-After Vary X-Content-Type-Options "
    "X-RateLimit-Limit X-RateLimit-Remaining X-RateLimit-Reset X-Request-ID".split()
)
"""Names that need no check, and mean nothing to the connection itself."""

SOUND = re.compile("[ -~]*").fullmatch
"""Values that are printed as they are."""


class AtOnce(Response):  # type: ignore[misc]
    """One call of the system for an answer, and one packet where it is short."""

    _head = b""
    headers_sent: bool

    def default_headers(self) -> list[str]:
        """The status, and what is about the connection."""
        if self.is_unread():
            self.force_close()
        major, minor = self.req.version
        lines = [
            f"HTTP/{major}.{minor} {self.status}\r\n",
            f"Server: {self.version}\r\n",
            f"Date: {_date(int(time.time()))}\r\n",
            "Connection: close\r\n" if self.should_close() else "Connection: keep-alive\r\n",
        ]
        return [*lines, "Transfer-Encoding: chunked\r\n"] if self.chunked else lines

    def is_unread(self) -> bool:
        """Whether the client sends a body that nobody has wanted: it may be endless."""
        reader = self.req.body.reader
        if isinstance(reader, LengthReader):
            return bool(reader.length > 0)
        return isinstance(reader, ChunkedReader) and reader.parser is not None

    def process_headers(self, headers: list[tuple[str, str]]) -> None:
        """Look twice only at what is not known to be sound."""
        names = [name for name, _ in headers]
        values = "".join([value for _, value in headers])
        if not (PLAIN.issuperset(names) and SOUND(values)):
            super().process_headers(headers)
            return
        self.headers = headers
        if "Content-Length" in names:
            self.response_length = int(headers[names.index("Content-Length")][1])

    def send_headers(self) -> None:
        """Keep them until there is something to send with them."""
        if not self.headers_sent:
            lines = self.default_headers()
            lines += [f"{name}: {value}\r\n" for name, value in self.headers]
            self._head = "".join([*lines, "\r\n"]).encode("latin-1")
            self.headers_sent = True

    def close(self) -> None:
        """Send what is left."""
        self.send_headers()
        self._flush()
        super().close()

    def _emit_body(self, data: bytes) -> None:
        if self.chunked:
            self._flush()
            super()._emit_body(data)
        else:
            head, self._head = self._head, b""
            self._put(head + data)

    def _flush(self) -> None:
        head, self._head = self._head, b""
        if head:
            self._put(head)

    def _put(self, data: bytes) -> None:
        """Send everything: at once what the system takes, the rest in the time that the client is given."""
        given = self.sock.gettimeout()
        self.sock.settimeout(0.0)
        try:
            sent = self.sock.send(data)
        except BlockingIOError:
            sent = 0
        finally:
            self.sock.settimeout(given)
        if sent < len(data):
            self.sock.sendall(data[sent:])


@lru_cache(1)
def _date(second: int) -> str:
    """The same for a second."""
    text: str = http_date(second)
    return text
