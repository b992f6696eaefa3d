"""Compress each answer once, and append its age in uncompressed bytes.

All three formats allow a flushed stream to continue with an uncompressed block (RFC 1951 3.2.4, RFC 7932 9.2,
RFC 8878 3.1.1.2). So every cached answer has its right age without being compressed again.
"""

import threading
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from weakref import WeakValueDictionary

import brotli
import zstandard

from engine.cache.answers import Answer
from engine.concurrency.locks import Lock
from engine.concurrency.offload import Offload

LEAST = 1024
"""Bytes of a body from which on it is compressed."""
LONG = 32 * 1024
"""Bytes from which on compression takes milliseconds and runs in another thread."""
AT_ONCE = 4
"""Threads for compression. The event loop's own threads also resolve host names."""
PREFERRED = ("zstd", "br", "gzip")
"""The order of preference among the encodings that a client prefers equally."""
READABLE = ("gzip", "br", "zstd")
"""The same for clients of other services, some of which offer encodings that they cannot read."""
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def choose(accepted: str, preferred: tuple[str, ...] = PREFERRED) -> str:
    """Return the encoding for an `Accept-Encoding`; an empty text for no encoding."""
    return _choose(accepted, preferred) if len(accepted) <= 100 else _choose.__wrapped__(accepted, preferred)


@lru_cache(256)
def _choose(accepted: str, preferred: tuple[str, ...]) -> str:
    weights = _weights(accepted)
    able = [name for name in preferred if weights.get(name, 0) > max(0, weights.get("identity", 0) - 0.0005)]
    return max(able, key=lambda name: weights[name], default="")


def _weights(accepted: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights[name] = _weight(parameters)
    weights.setdefault("gzip", weights.get("*", 0))
    return weights


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def encoded(answer: Answer, now: float, encoding: str) -> bytes:
    """Return the body of `answer` at `now`, in `encoding`."""
    if encoding not in answer.packed:
        _compressor.pack(answer, encoding)
    return answer.packed[encoding] + ENDS[encoding](answer, answer.end(now))


class Compressor:
    """Compresses the constant part of answers, each once for all requests that wait for it."""

    def __init__(self, beginnings: Mapping[str, Callable[[bytes], bytes]]) -> None:
        self._beginnings = beginnings
        self._lock = Lock()
        self._turns: WeakValueDictionary[tuple[int, str], threading.Lock] = WeakValueDictionary()

    def pack(self, answer: Answer, encoding: str) -> None:
        """Compress `answer` in `encoding`, unless another request has done so."""
        with self._turn(answer, encoding):
            if encoding not in answer.packed:
                answer.packed[encoding] = aside(self._beginnings[encoding], answer.head)

    def _turn(self, answer: Answer, encoding: str) -> threading.Lock:
        """Return the lock of this answer and encoding, which lives as long as requests use it."""
        new = threading.Lock()
        with self._lock:
            return self._turns.setdefault((id(answer), encoding), new)


def compress_once(body: bytes, encoding: str) -> bytes:
    """Compress a body that is sent once, quickly."""
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=1).compress(body)
    if encoding == "br":
        return bytes(brotli.compress(body, quality=1))
    return GZIP_HEADER + _deflated(body, 1, zlib.Z_FINISH) + _check(zlib.crc32(body), len(body))


def accepts(accepted: str, encoding: str) -> bool:
    """Return whether an `Accept-Encoding` allows an encoding and does not prefer none at all."""
    weights = _weights(accepted)
    return weights.get(encoding, 0) > max(0, weights.get("identity", 0) - 0.0005)


def aside(work: Callable[[bytes], bytes], data: bytes) -> bytes:
    """Run long work in a real thread, where greenlets share one event loop, and short work at once."""
    if len(data) >= LONG:
        return _beside(lambda: work(data))
    return work(data)


def _deflated(data: bytes, level: int, flush: int) -> bytes:
    stream = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush(flush)


def _check(crc: int, length: int) -> bytes:
    return crc.to_bytes(4, "little") + (length & 0xFFFFFFFF).to_bytes(4, "little")


def _begin_gzip(head: bytes) -> bytes:
    return GZIP_HEADER + _deflated(head, 6, zlib.Z_SYNC_FLUSH)


def _end_gzip(answer: Answer, end: bytes) -> bytes:
    """Return a last stored block, and the checksum of the whole body."""
    return gzip_end(end, zlib.crc32(answer.head), len(answer.head))


def gzip_end(end: bytes, crc: int, length: int) -> bytes:
    """Return `end` as a last stored block behind flushed data, of which the checksum and length are given."""
    size = len(end).to_bytes(2, "little")
    unsized = bytes(byte ^ 0xFF for byte in size)
    return b"\x01" + size + unsized + end + _check(zlib.crc32(end, crc), length + len(end))


def _begin_brotli(head: bytes) -> bytes:
    stream = brotli.Compressor(quality=5)
    return bytes(stream.process(head) + stream.flush())


def _end_brotli(answer: Answer, end: bytes) -> bytes:
    """Return an uncompressed meta-block and an empty last one."""
    return (((len(end) - 1) << 3) | (1 << 19)).to_bytes(3, "little") + end + b"\x03"


def _begin_zstd(head: bytes) -> bytes:
    stream = zstandard.ZstdCompressor(level=6, write_content_size=False, write_checksum=False).compressobj()
    return stream.compress(head) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


def _end_zstd(answer: Answer, end: bytes) -> bytes:
    """Return a last raw block."""
    return ((len(end) << 3) | 1).to_bytes(3, "little") + end


BEGINNINGS = {"gzip": _begin_gzip, "br": _begin_brotli, "zstd": _begin_zstd}
ENDS = {"gzip": _end_gzip, "br": _end_brotli, "zstd": _end_zstd}

_beside = Offload(AT_ONCE)
_compressor = Compressor(BEGINNINGS)
