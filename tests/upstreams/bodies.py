"""Faults in the bytes of an answer, which is then nearly valid or expensive to parse."""

from __future__ import annotations

import re
from collections.abc import Callable

from .faults import Fault

ROOT = re.compile(rb"<(rss|feed)[^>]*>")
CARELESS = b"<media:note x='?a=1&b=2'>AT&T &nbsp;\x0b \xe9t\xe9 &unheard; a < 3</media:note>"


def cut(body: bytes, fault: Fault) -> bytes:
    """Return the first half of the body as if it were complete."""
    return body[: len(body) // 2]


def sloppy(body: bytes, fault: Fault) -> bytes:
    """Add a byte order mark and half an emoji, or mistakes in a feed as careless authors make them."""
    if body.startswith(b"<"):
        root = ROOT.search(body)
        return b"\n" + (body[: root.end()] + CARELESS + body[root.end() :] if root else body)
    if body.startswith(b"{") and body != b"{}":
        body = rb'{"note":"to the moon \ud83d",' + body[1:]
    return b"\xef\xbb\xbf" + body


def lists(body: bytes, fault: Fault) -> bytes:
    """Return a huge number of empty lists."""
    return b"[" + b"[]," * (fault.size // 3) + b"[]]"


def attributes(body: bytes, fault: Fault) -> bytes:
    """Return a feed whose root has 40 000 attributes."""
    return b"<rss " + b" ".join(b'a%d="1"' % number for number in range(40_000)) + b"></rss>"


BODIES: dict[str, Callable[[bytes, Fault], bytes]] = {
    "cut_json": cut,
    "sloppy": sloppy,
    "lists": lists,
    "attributes": attributes,
}
