"""A non-blocking socket in the event loop of its worker: no greenlet waits for it."""

import socket
import time
from collections.abc import Callable
from typing import Any

from gevent import get_hub

READ, WRITE = 1, 2
CHUNK = 16 * 1024


class Pipe:
    """Sends the bytes that the socket takes, and keeps the rest until it takes more.

    `received` gets the incoming bytes, `refill` returns the next bytes to send, and `closed` is called when
    either side has closed. An exception in one of them closes the pipe, and gevent logs it.
    """

    __slots__ = ("_closed", "_pending", "_reading", "_received", "_refill", "_socket", "_writing", "taken")

    def __init__(
        self,
        sock: socket.socket,
        received: Callable[[bytes], None],
        refill: Callable[[], bytes | None],
        closed: Callable[[], None],
    ) -> None:
        self.taken = time.monotonic()
        """When the socket last took bytes (monotonic seconds)."""
        self._received = received
        self._refill = refill
        self._closed = closed
        self._pending = b""
        sock.setblocking(False)
        self._socket: socket.socket | None = sock
        self._writing: Any = None
        self._reading: Any = get_hub().loop.io(sock.fileno(), READ)
        self._reading.start(self._readable)

    @property
    def open(self) -> bool:
        """Whether the socket is still open."""
        return self._socket is not None

    @property
    def full(self) -> bool:
        """Whether bytes wait for the socket to take them."""
        return bool(self._pending)

    def send(self, data: bytes) -> None:
        """Send bytes. Call this only if no bytes wait."""
        self._pending = self._try(data)
        if self._pending and self._socket is not None:
            if self._writing is None:
                self._writing = get_hub().loop.io(self._socket.fileno(), WRITE)
            self._writing.start(self._writable)

    def close(self, last: bytes = b"") -> None:
        """Close the socket. Send `last` before, if the socket takes it at once."""
        if last and not self._pending:
            self._try(last)
        sock, self._socket = self._socket, None
        if sock is None:
            return
        for watcher in (self._reading, self._writing):
            if watcher is not None:
                watcher.stop()
                watcher.close()
        self._reading = self._writing = None
        self._pending = b""
        sock.close()
        self._closed()

    def guarded(self, step: Callable[[], None]) -> None:
        """Run a step. An unexpected exception closes this pipe alone."""
        done = False
        try:
            step()
            done = True
        finally:
            if not done:
                self.close()

    def _try(self, data: bytes) -> bytes:
        """Send the bytes that the socket takes, and return the rest."""
        if self._socket is None:
            return b""
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            return data
        except OSError:
            self.close()
            return b""
        self.taken = time.monotonic()
        return data[sent:]

    def _writable(self) -> None:
        self.guarded(self._flush)

    def _readable(self) -> None:
        self.guarded(self._receive)

    def _flush(self) -> None:
        while self._socket is not None:
            if self._pending:
                self._pending = self._try(self._pending)
                if self._pending:
                    return
            following = self._refill()
            if following is None:
                if self._writing is not None:
                    self._writing.stop()
                return
            self._pending = following

    def _receive(self) -> None:
        if self._socket is None:
            return
        try:
            data = self._socket.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._received(data)
        else:
            self.close()
