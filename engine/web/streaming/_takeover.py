"""Hand a request's socket over to a stream, after its view has returned the head of the answer."""

import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Response

TAKEOVER = "engine.takeover"
"""Where a request's WSGI environment holds what takes its socket over."""
SOCKET = "gunicorn.socket"

KERNEL_BYTES = 64 * 1024
"""Bytes that the system may keep for a slow client. Without a bound it is some megabytes."""
UNACKNOWLEDGED = 30_000
"""Milliseconds after which a client is lost whose system acknowledges nothing: it may be half open."""

Begin = Callable[[socket.socket], None]
"""Takes a socket on which the head of the answer was sent."""
LENGTHS = frozenset(("content-length", "transfer-encoding", "connection"))


class StreamResponse(Response):
    """The beginning of a stream, or a replay of it: it is of no age, and no cache keeps it."""


class Takeover:
    """A view's wish to keep the socket. The worker calls it with a socket of its own."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def __call__(self, sock: socket.socket, status: str, headers: Iterable[tuple[str, str]]) -> None:
        """Send the head of the answer, and hand the socket on."""
        try:
            _bound(sock)
            sock.sendall(_head(status, headers))
        except OSError:
            sock.close()
            return
        self._begin(sock)


def can_take_over(environ: Mapping[str, Any]) -> bool:
    """Return whether the worker can give a request's socket away: gevent's can, if it has no encryption."""
    return environ.get("engine.detachable") is True and not isinstance(environ.get(SOCKET), ssl.SSLSocket)


def _bound(sock: socket.socket) -> None:
    """Bound what a client costs the system that reads slowly, or has vanished."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
    if sock.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED)


def _head(status: str, headers: Iterable[tuple[str, str]]) -> bytes:
    kept = [(name, value) for name, value in headers if name.lower() not in LENGTHS]
    upgrades = any(name.lower() == "upgrade" for name, _ in kept)
    kept.append(("Connection", "Upgrade" if upgrades else "close"))
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in kept), "", ""]
    return "\r\n".join(lines).encode("latin-1")
