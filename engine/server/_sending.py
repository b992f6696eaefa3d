"""Send answers to clients, which have to read them in time."""

import time
from collections.abc import Callable
from typing import Any

SLOWEST_READER = 30.0
"""Seconds that a client may take to read an answer, or each `PROGRESS` bytes of a long one."""
PROGRESS = 64 * 1024
LARGE = 16 * 1024
"""Bytes of a body above which it is sent by itself."""


class Sender:
    """Sends the parts of one answer over a connection."""

    __slots__ = ("_clock", "_socket", "_taken", "_until")

    def __init__(self, socket: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._socket = socket
        self._clock = clock
        self._until: float | None = None
        self._taken = 0

    def send(self, head: bytes, body: bytes = b"") -> None:
        """Send both, in one piece if the body is short. A long one is not copied behind its head."""
        if len(body) > LARGE:
            if head:
                self._put(head)
            self._put(body)
        elif head or body:
            self._put(head + body)

    def _put(self, data: bytes) -> None:
        """Send at once what the system accepts, and the rest within the time limit."""
        socket = self._socket
        given = socket.gettimeout()
        try:
            socket.settimeout(0.0)
            try:
                sent = socket.send(data)
            except BlockingIOError:
                sent = 0
            while sent < len(data):
                socket.settimeout(self._left())
                piece = memoryview(data)[sent : sent + PROGRESS]
                socket.sendall(piece)
                sent += len(piece)
                self._note(len(piece))
        finally:
            socket.settimeout(given)

    def _note(self, size: int) -> None:
        """Count what the client has taken: enough of it starts the time anew."""
        self._taken += size
        if self._taken >= PROGRESS:
            self._taken, self._until = 0, None

    def _left(self) -> float:
        """Return the seconds left, counted from the first wait for this client. Raises `TimeoutError`."""
        now = self._clock()
        if self._until is None:
            self._until = now + SLOWEST_READER
            return SLOWEST_READER
        if now >= self._until:
            raise TimeoutError("the client reads its answer too slowly")
        return self._until - now
