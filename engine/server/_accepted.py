"""Find out which form of a failure a client accepts whose request was refused before it was parsed."""

import re
import socket
import time
from typing import Any

import msgspec

from engine.web.capacity import Capacity

ACCEPT = re.compile(rb"\nAccept:[ \t]*([^\r\n]{0,1000})\r?\n", re.IGNORECASE)
END = re.compile(rb"\n\r?\n")  # a pattern that begins with a certain byte is found much sooner
LONGEST = 1024
"""Bytes of the longest line with the header; no more is kept of a head that goes on."""
MOST = 64 * 1024
"""Bytes that are read to find the header, which may come after what is too long."""
WAIT = 0.2
"""Seconds to wait for the rest of a head, which a client sends in one go."""
PIECE = 4 * 1024
MOST_WAITING = 64
"""Clients whose heads are read to their end at a time; others get the usual form."""

_waiting = Capacity(MOST_WAITING, MOST_WAITING)


class Unfinished(msgspec.Struct, frozen=True):
    """The end of a head in which the header has not come yet."""

    tail: bytes


def accepted(head: bytes) -> str | Unfinished:
    """Return the value of `Accept` in what has arrived of a head."""
    ended = END.search(head)
    found = ACCEPT.search(head, 0, ended.end() if ended else len(head))
    if found is not None:
        return found[1].decode("latin-1").strip()
    return "" if ended or not head else Unfinished(head[-LONGEST:])


def note(refused: BaseException, head: bytes) -> None:
    """Keep with a refusal what the part of the head says that has arrived."""
    refused.accepted = accepted(head)  # type: ignore[attr-defined]


def accept_of_refused(refused: BaseException, client: socket.socket) -> str:
    """Return the value of `Accept` of a refused request, after a brief wait for the rest of its head.

    Raises `OSError`.
    """
    found: str | Unfinished = getattr(refused, "accepted", "")
    if isinstance(found, str):
        return found
    if not _waiting.acquire(1):
        return ""
    try:
        return _read(found.tail, client)
    finally:
        _waiting.release(1)


def _read(tail: bytes, client: socket.socket) -> str:
    until, taken = time.monotonic() + WAIT, 0
    while taken < MOST and (left := until - time.monotonic()) > 0:
        client.settimeout(left)
        try:
            some = client.recv(PIECE)
        except TimeoutError:
            return ""
        if not some:
            return ""
        taken += len(some)
        found = accepted(tail + some)
        if isinstance(found, str):
            return found
        tail = found.tail
    return ""


def accept_of(request: Any) -> str:
    """Return the value of `Accept` of a request that gunicorn has parsed."""
    return next((value for name, value in request.headers if name == "ACCEPT"), "")
