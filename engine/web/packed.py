"""Long lists that are kept compressed only, so that a hit costs nothing and memory stays small."""

import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec
import orjson
from flask import Response, request

from engine.concurrency.yielding import cooperatively
from engine.web import compression

T = TypeVar("T")

PIECE = 64 * 1024
"""Bytes of a body that are unpacked at once, for clients that accept no compression."""
UNCACHED = (("Cache-Control", "no-store"),)


class PackedHead(msgspec.Struct, frozen=True):
    """The constant beginning of a body: deflated, with the checksum and length of what it holds."""

    deflated: bytes
    crc: int
    length: int

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> "PackedHead":
        """Compress pieces of a body one after the other; other requests run in between."""
        stream = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed, crc, length = [], 0, 0
        for piece in cooperatively(pieces):
            packed.append(stream.compress(piece))
            crc, length = zlib.crc32(piece, crc), length + len(piece)
        packed.append(stream.flush(zlib.Z_SYNC_FLUSH))
        return cls(b"".join(packed), crc, length)

    def unpacked(self) -> Iterator[bytes]:
        """Yield the beginning in pieces that are small, however well it is compressed."""
        stream, left = zlib.decompressobj(-zlib.MAX_WBITS), self.deflated
        while left:
            yield stream.decompress(left, PIECE)
            left = stream.unconsumed_tail
        yield stream.flush()


class KeptLists:
    """Keeps long lists by name, each in the version that was requested last. The names are few and fixed."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, Any]] = {}
        self._making = threading.RLock()

    def get(self, name: str, version: object, make: Callable[[], T]) -> T:
        """Return what `make` returns for this version, which only the first request calls."""
        kept = self._kept.get(name)
        if kept is None or kept[0] != version:
            with self._making:
                kept = self._kept.get(name)
                if kept is None or kept[0] != version:
                    kept = self._kept[name] = version, make()
        found: T = kept[1]
        return found


def respond(head: PackedHead, end: bytes, headers: Iterable[tuple[str, str]] = UNCACHED) -> Response:
    """Return JSON that begins with `head`, in gzip where the client accepts it."""
    if compression.accepts(request.headers.get("Accept-Encoding", ""), "gzip"):
        body = compression.GZIP_HEADER + head.deflated + compression.gzip_end(end, head.crc, head.length)
        response = Response(
            body, mimetype="application/json", headers=[*headers, ("Content-Encoding", "gzip")]
        )
    else:
        response = Response(_unpacked(head, end), mimetype="application/json", headers=[*headers])
        response.content_length = head.length + len(end)
    response.vary.add("Accept-Encoding")
    return response


def rows(values: Iterable[object]) -> Iterator[bytes]:
    """Yield values as the members of a JSON array, without its brackets."""
    comma = b""
    for value in values:
        yield comma + orjson.dumps(value)
        comma = b","


def _unpacked(head: PackedHead, end: bytes) -> Iterator[bytes]:
    yield from cooperatively(head.unpacked())
    yield end
