"""Read the bytes of requests, within a time limit, and with a memory limit for unfinished heads."""

import time
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.http.unreader import SocketUnreader

from engine.web.capacity import Capacity

LARGEST_HEAD = 40 * 1024
"""Bytes of a request line and all headers."""
FREE_HEAD = 1024
"""Bytes of an unfinished head that every connection may hold; larger ones share `HEADS`."""
HEADS = 2 * 1024 * 1024
"""Bytes shared by unfinished heads. Most heads need none of them, because they arrive in one piece."""
PIECE = 64 * 1024
"""Bytes of a body that are read at a time."""


class Unreader(SocketUnreader):  # type: ignore[misc]
    """Reads from a connection, and counts the bytes of an unfinished head.

    Reading fails after `until` (a time of `time.monotonic()`), if the socket is a blocking one.
    """

    max_body_chunk = PIECE
    until: float | None = None

    def __init__(self, sock: Any, heads: Capacity) -> None:
        super().__init__(sock)
        self._heads = heads
        self._reserved = 0
        self._held: int | None = None
        self._head = bytearray()

    def begin_head(self) -> None:
        """Start counting. Bytes that arrived with the previous request may belong to this head."""
        self._held = self.buf.seek(0, 2)
        if self._held:
            self._head += self.buf.getvalue()

    @property
    def head(self) -> bytes:
        """What has arrived of the head."""
        return bytes(self._head)

    def first_piece(self) -> bytes:
        """Wait for the first bytes of a head; nothing if some came with the previous request."""
        return b"" if self._held else self.chunk()

    def end_head(self) -> None:
        """Stop counting."""
        self._held = None
        self._head.clear()
        if self._reserved:
            self._heads.release(self._reserved)
            self._reserved = 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Wait for the next bytes. Raises `LimitRequestHeaders` for a head that is too large."""
        if self.until is not None:
            left = self.until - time.monotonic()
            if left <= 0:
                raise TimeoutError("the client sends too slowly")
            self.sock.settimeout(left)
        held = self._held
        if held is None:
            body: bytes = super().chunk(size_hint)
            return body
        if held > FREE_HEAD:
            self._reserve(held)
        head: bytes = self.sock.recv(self.mxchunk)
        self._held = held + len(head)
        self._head += head
        return head

    def _reserve(self, held: int) -> None:
        if held > LARGEST_HEAD:
            raise LimitRequestHeaders("the head is too large")
        if not self._heads.acquire(held - self._reserved):
            raise LimitRequestHeaders("there are too many unfinished heads")
        self._reserved = held
