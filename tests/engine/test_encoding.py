"""Compressed answers: compressed once, with the right age in each."""

import gzip
from unittest.mock import Mock

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from engine import encoding
from engine.answers import Answer

UNPACK = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


def answer(rows: int) -> Answer:
    """One with so many rows."""
    return Answer.of({"data": [{"close": 43_250.5 + row} for row in range(rows)]}, {"gaps": []}, 1000.0, 30)


@pytest.mark.parametrize("name", UNPACK)
@pytest.mark.parametrize("rows", [1, 100, 5000])
def test_every_reader_gets_the_same_bytes(name: str, rows: int) -> None:
    """At any age, fresh or stale."""
    made = answer(rows)
    for now in (1000.0, 1012.34, 1030.0, 90_000.0):
        assert UNPACK[name](encoding.encoded(made, now, name)) == made.body(now)


@pytest.mark.parametrize("name", UNPACK)
def test_it_is_compressed_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never at a hit."""
    begin = Mock(wraps=encoding.BEGINNINGS[name])
    monkeypatch.setitem(encoding.BEGINNINGS, name, begin)
    made = answer(100)
    for second in range(60):
        encoding.encoded(made, 1000.0 + second, name)

    assert begin.call_count == 1


@pytest.mark.parametrize("name", UNPACK)
@given(body=st.binary(max_size=3000))
def test_other_bodies(name: str, body: bytes) -> None:
    """Whole ones."""
    assert UNPACK[name](encoding.whole(body, name)) == body


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
    """By its weights; among equals the engine does."""
    assert encoding.choose(accepted) == chosen


def test_long_work_is_done_beside_the_loop() -> None:
    """And here, where there is no loop to be held up."""
    assert encoding.aside(bytes.upper, b"a" * encoding.LONG) == b"A" * encoding.LONG
