"""A connection on which every wait ends by one deadline.

A socket's timeout bounds only one wait: with it, a receiver that sends single bytes could make a handshake
or an encrypted record last for hours.
"""

import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
CHUNK = 4096


class Connection:
    """Sends and receives on a socket. With a `context`, it is encrypted for `host`.

    `left` returns the seconds until the deadline, and raises `TimeoutError` after it.
    """

    def __init__(
        self, plain: socket.socket, left: Callable[[], float], context: ssl.SSLContext | None, host: str
    ) -> None:
        self._plain = plain
        self._left = left
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None
        if context is not None:
            self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
            self._complete(self._tls.do_handshake)

    def send(self, data: bytes) -> None:
        """Send all of `data`. Raises `OSError`."""
        if self._tls is None:
            self._write(data)
        else:
            tls = self._tls
            self._complete(lambda: tls.write(data))

    def receive(self) -> bytes:
        """Return the next bytes, empty at the end. Raises `OSError`."""
        if self._tls is None:
            return self._read()
        tls = self._tls
        try:
            return self._complete(lambda: tls.read(CHUNK))
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return b""

    def _complete(self, step: Callable[[], T]) -> T:
        """Return the result of a step of TLS, after sending and receiving what it needs."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._write(self._outgoing.read())
                data = self._read()
                if data:
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            else:
                self._write(self._outgoing.read())
                return result

    def _read(self) -> bytes:
        self._plain.settimeout(self._left())
        return self._plain.recv(CHUNK)

    def _write(self, data: bytes) -> None:
        if data:
            self._plain.settimeout(self._left())
            self._plain.sendall(data)
