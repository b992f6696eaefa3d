"""Requests that clients repeat byte for byte: how the layers let a server answer them again.

A server that recognises a head sets `REPEAT` in the environment to `None`. A layer that can answer the same
head again, at any moment and on any connection, puts a function there, and the layers around it add what is
theirs. The server calls the function instead of all layers, as long as it gives an answer.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from engine.web.access.callers import Peer

REPEAT = "engine.repeat"
"""Where a request's WSGI environment holds the function."""


class Repeated(NamedTuple):
    """A complete answer: its status, the lines of its headers, as they are sent, and its body."""

    status: str
    lines: str
    body: bytes


Repeat = Callable[[Peer], Repeated | None]
"""Answers a repeated head on a connection; `None` where it takes all layers to answer."""


def client_of(environ: Mapping[str, Any]) -> str | None:
    """Return the address of the client that a head names, an empty text if it is that of each connection.

    `None` says that it depends on both, as where a proxy names its own address.
    """
    original = environ.get("werkzeug.proxy_fix.orig")
    if original is None or "HTTP_X_FORWARDED_FOR" not in environ:
        return ""
    address: str = environ["REMOTE_ADDR"]
    return None if address == original["REMOTE_ADDR"] else address
