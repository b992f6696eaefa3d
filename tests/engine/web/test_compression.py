"""Answers are compressed once, and each response has the current age."""

import gzip
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from engine.cache import Answer, Validity
from engine.web import compression
from tests.running import ROOT
from tests.waiting import eventually

UNPACK = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


def answer(rows: int) -> Answer:
    """Return an answer with `rows` rows."""
    body = {"data": [{"close": 43_250.5 + row} for row in range(rows)]}
    return Answer.with_body(body, {"gaps": []}, Validity(made=1000.0, lifetime=30))


@pytest.mark.parametrize("name", UNPACK)
@pytest.mark.parametrize("rows", [1, 100, 5000])
def test_every_reader_gets_the_same_bytes(name: str, rows: int) -> None:
    """A compressed answer has the same bytes as the plain one, at any age, fresh or stale."""
    made = answer(rows)
    for now in (1000.0, 1012.34, 1030.0, 90_000.0):
        assert UNPACK[name](compression.encoded(made, now, name)) == made.body(now)


@pytest.mark.parametrize("name", UNPACK)
def test_it_is_compressed_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is compressed once, and never for a hit."""
    begin = Mock(wraps=compression.BEGINNINGS[name])
    monkeypatch.setitem(compression.BEGINNINGS, name, begin)
    made = answer(100)
    for second in range(60):
        compression.encoded(made, 1000.0 + second, name)

    assert begin.call_count == 1


@pytest.mark.parametrize("name", UNPACK)
@given(body=st.binary(max_size=3000))
def test_other_bodies(name: str, body: bytes) -> None:
    """Any body is compressed completely."""
    assert UNPACK[name](compression.compress_once(body, name)) == body


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0", ""),
        ("*", "gzip"),
        ("gzip;q=0, *", ""),
        ("br;q=0.001", "br"),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip", "gzip"),
        ("br;q=wrong, gzip", "gzip"),
        ("br;q=nan", ""),
        ("deflate", ""),
        (";;,,=", ""),
        ("br;x=1;q=0.4" + ", nothing" * 200, "br"),
    ],
)
def test_the_client_chooses(accepted: str, chosen: str) -> None:
    """The client's weights decide the encoding, and among equals the engine's preference does."""
    assert compression.choose(accepted) == chosen


def test_long_work_is_done_beside_the_loop() -> None:
    """Long work runs outside of the event loop, and in this thread without a loop."""
    assert compression.aside(bytes.upper, b"a" * compression.LONG) == b"A" * compression.LONG


HELD_UP = """
from gevent import monkey
monkey.patch_all()
import gevent, os
from engine.web import compression
from engine.cache import Answer, Validity

reading, writing = os.pipe()
names = gevent.get_hub().threadpool
for _ in range(names.maxsize):
    names.spawn(os.read, reading, 1)  # as many look-ups of names that do not end
made = Answer.with_body({"data": list(range(50_000))}, {}, Validity(made=1000.0, lifetime=30))
assert len(made.head) > compression.LONG
try:
    with gevent.Timeout(20):
        for name in compression.PREFERRED:
            compression.encoded(made, 1000.0, name)
        compression.aside(bytes.upper, made.head)
finally:
    os.close(writing)
print("all compressed")
"""


def test_hanging_lookups_do_not_delay_compression() -> None:
    """Compression has its own threads, so that lookups of names that hang cannot delay it."""
    ended = subprocess.run(
        [sys.executable, "-c", HELD_UP], cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert ended.stdout == "all compressed\n", ended.stderr


class Held:
    """A compressor that waits until a test lets it end."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = threading.Event()

    def __call__(self, head: bytes) -> bytes:
        """Wait, then return no bytes."""
        self.begun += 1
        assert self.may_end.wait(30)
        return b""


def test_no_answer_waits_for_another_answers_compression() -> None:
    """An answer waits neither for the compression of another one nor for its own in another encoding."""
    held = Held()
    packing = compression.Compressor({"br": held, "gzip": compression.BEGINNINGS["gzip"]})
    slow, other = answer(10), answer(20)
    with ThreadPoolExecutor(1) as pool:
        packed = pool.submit(packing.pack, slow, "br")
        eventually(lambda: held.begun)
        packing.pack(slow, "gzip")
        packing.pack(other, "gzip")
        assert not packed.done()
        held.may_end.set()

    assert (set(slow.packed), set(other.packed)) == ({"br", "gzip"}, {"gzip"})


def test_many_at_once_compress_an_answer_once() -> None:
    """Concurrent requests wait for one compression of an answer."""
    held = Held()
    packing = compression.Compressor({"br": held})
    made = answer(10)
    with ThreadPoolExecutor(8) as pool:
        packed = [pool.submit(packing.pack, made, "br") for _ in range(8)]
        eventually(lambda: held.begun)
        held.may_end.set()
    assert [each.result() for each in packed] == [None] * 8
    assert held.begun == 1


def test_a_compression_that_fails_is_tried_again() -> None:
    """After a failed compression, the next request tries again."""
    packing = compression.Compressor({"br": Mock(side_effect=[MemoryError(), b"packed"])})
    made = answer(10)
    with pytest.raises(MemoryError):
        packing.pack(made, "br")
    packing.pack(made, "br")

    assert made.packed == {"br": b"packed"}
