"""Kept connections to a server that parse as little as possible, so that the server gets most of a core."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus

from benchmarks.compare.failures import Missing, NotComparable

SECONDS = 60
"""How long an answer may take."""
LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)\r\n")


class Connection:
    """One connection, on which one request follows another."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def send(self, path: str) -> None:
        """Send a request."""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def receive(self) -> None:
        """Wait for the whole answer.

        Raises `Missing` for a path that the server does not have, and `NotComparable` for any other failure.
        """
        data = self._more(b"")
        while (end := data.find(b"\r\n\r\n")) < 0:
            data = self._more(data)
        length = LENGTH.search(data, 0, end + 2)
        if length is None:
            raise NotComparable(f"an answer without Content-Length: {data[:end].decode()}")
        while len(data) < end + 4 + int(length[1]):
            data = self._more(data)
        status = int(data[9:12])
        if status == HTTPStatus.NOT_FOUND:
            raise Missing(f"{status}")
        if status != HTTPStatus.OK:
            raise NotComparable(data.decode(errors="replace"))

    def _more(self, data: bytes) -> bytes:
        part = self._socket.recv(262_144)
        if not part:
            raise NotComparable(f"the server has closed a connection after {len(data)} bytes")
        return data + part


@contextmanager
def connections(port: int, count: int) -> Iterator[list[Connection]]:
    """Yield so many connections to a server of this machine."""
    with ExitStack() as stack:
        yield [
            Connection(stack.enter_context(socket.create_connection(("127.0.0.1", port), SECONDS)))
            for _ in range(count)
        ]
