"""Nearly valid JSON is repaired, and excessive JSON is refused."""

import json
from collections.abc import Callable, Iterator
from typing import TypeVar

import orjson
import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from providers import BadData, Http, Provider, discover
from providers._json import LARGE, read
from providers._reading import candle_rows, number, readable
from tests.providers.payloads import NOW, Answer, payloads_of
from tests.providers.test_contract import ANYWHERE, calls, sent

T = TypeVar("T")

MOST = 2 * 1024 * 1024
HALF, WHOLE = rb"\ud83d", rb"\ud83d\ude80"
ROCKET = "\U0001f680"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'["to the moon ' + HALF + b'"]', ["to the moon \ufffd"]),
        (b'["' + WHOLE + HALF + WHOLE + b'"]', [f"{ROCKET}\ufffd{ROCKET}"]),
        (rb'["\ude80\ud83d"]', ["\ufffd\ufffd"]),
        (rb'["\uD83D \uDE80", "\ud83d\n"]', ["\ufffd \ufffd", "\ufffd\n"]),
        (rb'["\\ud83d", "\\\ud83d"]', ["\\ud83d", "\\\ufffd"]),
        (rb'{"\ud83d": 1}', {"\ufffd": 1}),
        (b'["\xed\xa0\xbd"]', ["\ufffd\ufffd\ufffd"]),
        (b'["\xf0\x9f\x9a"]', ["\ufffd"]),
        (b'["f\xfcr"]', ["f\ufffdr"]),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'\n\xef\xbb\xbf\xef\xbb\xbf {"a": 1}', {"a": 1}),
        ('\ufeff["f\xfcr"]'.encode("utf-16-le"), ["f\xfcr"]),
        ('["f\xfcr"]'.encode("utf-16"), ["f\xfcr"]),
        ('["f\xfcr"]'.encode("utf-16-be"), ["f\xfcr"]),
        ('["f\xfcr"]'.encode("utf-32"), ["f\xfcr"]),
        (b'["two\nlines\x00\x1f", "tab\t"]', ["two lines  ", "tab "]),
        (b'\xef\xbb\xbf["\xff\x01' + HALF + b'"]', ["\ufffd \ufffd"]),
    ],
)
def test_what_is_repaired(body: bytes, value: object) -> None:
    """Invalid characters are replaced, byte order marks are ignored, and the value can be encoded again."""
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(body)

    assert read(body, MOST) == value
    assert orjson.loads(orjson.dumps(read(body, MOST))) == value


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[1,]", b"[nan]", b"[NaN, 1,]", b"[" * 5000, b"[" * 200_000, b'["', b"\xff"]
)
def test_what_is_no_json(body: bytes) -> None:
    """Invalid JSON that cannot be repaired is refused."""
    with pytest.raises(orjson.JSONDecodeError):
        read(body, MOST)


@pytest.mark.parametrize("figure", ["9" * 400, "-" + "9" * 5000, "1e999", "-1E400", "NaN", "-Infinity"])
def test_a_figure_beyond_all_bounds(figure: str) -> None:
    """A number out of range is no figure, and the other values stay."""
    result = read(f'[{{"price": {figure}, "id": 12345678901234567}}, 1.5, "NaN, 1e999"]'.encode(), MOST)

    assert number(result[0].pop("price")) is None
    assert result == [{"id": 12345678901234567}, 1.5, "NaN, 1e999"]


@pytest.mark.usefixtures("untraced")
@given(
    st.recursive(
        st.none() | st.integers(-5, 5) | st.text(), lambda it: st.lists(it) | st.dictionaries(st.text(), it)
    )
)
def test_what_is_right_stays(value: object) -> None:
    """Valid JSON stays unchanged, also after a byte order mark."""
    body = orjson.dumps(value)

    assert read(body, MOST) == value
    assert read(b"\xef\xbb\xbf" + json.dumps(value).encode(), MOST) == value


def answers() -> Iterator[object]:
    """Yield a valid payload for each ability of each provider that sends JSON."""
    for provider in discover():
        for ability in calls(provider):
            given = next(iter(getattr(payloads_of(provider), ability)))
            if not isinstance(given.body, bytes):
                yield pytest.param(provider, ability, given, id=f"{provider.name}-{ability}")


@pytest.mark.parametrize(("provider", "ability", "given"), list(answers()))
def test_every_provider(provider: type[Provider], ability: str, given: Answer) -> None:
    """A byte order mark before a response changes no value."""
    with responses.RequestsMock() as wire:
        wire.get(ANYWHERE, body=b"\xef\xbb\xbf" + sent(given.body))

        assert calls(provider)[ability]() == given.gives


LISTS = b"[" + b"[]," * 4_999_999 + b"[]]"


def keys() -> bytes:
    """Return a long object. It is built on demand, because every test process imports this file."""
    return b"{" + b",".join(b'"%d":0' % n for n in range(210_000)) + b"}"


@pytest.mark.parametrize(
    "body",
    [
        LISTS[:MOST],
        LISTS[: LARGE + 100_000],
        keys,
        b"[" * MOST,
        b"[0" + b",0" * 200_000 + b"]",
        b'{"a":' * 400_000,
    ],
    ids=["lists", "fewer lists", "keys", "depth", "numbers", "objects"],
)
def test_what_is_too_much(body: bytes | Callable[[], bytes]) -> None:
    """A body with too many values for its size is refused."""
    with pytest.raises(BadData):
        read(body if isinstance(body, bytes) else body()[:MOST], MOST)


def test_what_a_venue_sends_is_not_too_much() -> None:
    """All tickers of the largest exchanges and the most candles of one call are accepted."""
    tickers = [{f"field{n}": "93000.01000000" for n in range(21)} for _ in range(3500)]
    coins = [{f"figure{n}": 123456.789012 for n in range(28)} for _ in range(3000)]
    candles = [[1767324600000, *["93000.01"] * 11] for _ in range(1500)]

    for rows, provider in ((tickers, "binance"), (coins, "coinpaprika"), (candles, "kucoin")):
        kind = next(kind for kind in discover() if kind.name == provider)
        body = orjson.dumps(rows)
        assert len(body) < kind.max_bytes
        assert read(body, kind.max_bytes) == rows


@pytest.mark.parametrize("provider", discover())
def test_bounds(provider: type[Provider]) -> None:
    """Every provider limits its bodies to 2 MB, only four with longer lists to 4 MB."""
    for size in (15_000_000, 5_000_000):
        body = b"[" + b" " * size + b"]"
        for call in calls(provider).values():
            with responses.RequestsMock() as wire:
                wire.get(ANYWHERE, body=body)
                with pytest.raises(BadData, match=r"larger|bytes"):
                    call()
    assert provider.max_bytes == MOST or provider.name in ("binance", "coinpaprika", "coingecko", "kraken")


@pytest.mark.parametrize(("reading", "most"), [(readable, 10_000), (candle_rows, 5_000)])
def test_too_many_rows(reading: Callable[[object, Callable[[object], object]], object], most: int) -> None:
    """A list with too many rows is refused before any row is parsed."""
    looked_at: list[object] = []
    reading([1] * most, looked_at.append)
    assert len(looked_at) == most

    with pytest.raises(ValueError, match="too many rows"):
        reading([1] * (most + 1), looked_at.append)
    assert len(looked_at) == most


class Runner:
    """A runner that counts its work."""

    def __init__(self) -> None:
        self.works = 0

    def __call__(self, work: Callable[[], T], /) -> T:
        """Do the work in this thread."""
        self.works += 1
        return work()


@pytest.mark.parametrize(("size", "works"), [(LARGE - 3, 0), (LARGE, 1)])
@pytest.mark.parametrize("broken", [b"", b"\xff"])
def test_long_bodies_are_parsed_by_the_runner(size: int, works: int, broken: bytes) -> None:
    """The runner parses long bodies only, and an unreadable one is the same failure as a short one."""
    runner = Runner()
    kind = next(kind for kind in discover() if kind.name == "binance")
    provider = kind(Http(), clock=lambda: NOW, runner=runner)
    with responses.RequestsMock() as wire:
        wire.get(ANYWHERE, body=broken + b"[" + b" " * size + b"]")
        if broken:
            with pytest.raises(BadData):
                provider.ask("/path")
        else:
            assert provider.ask("/path") == []

    assert runner.works == works
