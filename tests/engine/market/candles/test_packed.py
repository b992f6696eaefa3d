"""What is kept of a series takes less memory, and comes back as it was."""

import sys
from typing import Any

import pytest
from msgspec.structs import replace

from engine.cache.entries import Entry
from engine.history.series import Reason
from engine.market.candles.packed import PackedCandles
from engine.market.candles.series import PackedSeries, Series
from engine.store.memory import MemoryCache
from providers import ASSET_BY_NAME, Candle, Pair
from tests.clock import Clock

CANDLES = (
    Candle(1_790_274_180_000, 80_000.1, 80_001.0, 79_999.9, 80_000.0, 12.5, 1_000_001.25, 321),
    Candle(1_790_274_240_000, 80_000.0, 80_000.0, 1e-9, 1e300, None, None, None),
    Candle(1_790_274_300_000, 80_000.0, 80_000.0, 80_000.0, 80_000.0, 0.0, -0.0, 0),
)
SERIES = Series(
    "binance", Pair(ASSET_BY_NAME["BTC"], "USDT"), CANDLES, filled=((1_790_274_240_000, "okx"),), whole=True
)


def written(candles: tuple[Candle, ...]) -> str:
    """Return all figures with their types, as they would be written."""
    return repr(candles)


def test_candles_come_back_figure_by_figure() -> None:
    """Also those that a provider lacks, the smallest and largest ones, and the sign of zero."""
    packed = PackedCandles.of(CANDLES)

    assert packed is not None
    assert written(packed.unpacked()) == written(CANDLES)
    empty = PackedCandles.of(())
    assert empty is not None
    assert empty.unpacked() == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"open": 80_000},
        {"volume": 12},
        {"volume": float("nan")},
        {"trades": 1.5},
        {"trades": True},
        {"trades": -1},
        {"trades": 2**70},
    ],
)
def test_a_figure_that_would_change_is_kept_as_it_is(changed: dict[str, Any]) -> None:
    """Candles with a figure of another kind are not packed."""
    assert PackedCandles.of((CANDLES[0], replace(CANDLES[1], **changed))) is None


def test_the_memory_keeps_a_series_packed() -> None:
    """Those that read it get an equal entry. It counts as the memory that it takes."""
    cache = MemoryCache(clock=Clock())
    entry = Entry(replace(SERIES, candles=CANDLES * 100), 5.0, 30.0, 7.0)
    cache.set("series:one", entry)
    known, weight = repr(entry), entry.weight
    del entry  # who still used it would get it as it is

    assert repr(cache.get("series:one")) == known
    assert repr(cache.snapshot()[0][2]) == known
    assert cache.has("series:one")
    assert cache.bytes < weight / 4


def test_an_entry_that_cannot_be_packed_is_kept_itself() -> None:
    """It is the same object that was stored, as other values are."""
    cache = MemoryCache(clock=Clock())
    odd = Entry(replace(SERIES, candles=(replace(CANDLES[0], trades=True),)), 5.0, 30.0)
    for number, entry in enumerate((odd, Entry("text", 5.0, 30.0))):
        assert cache.add(f"{number}", entry)
        assert cache.get(f"{number}") is entry


def test_a_packed_series_is_small() -> None:
    """A candle takes 64 bytes instead of 320."""
    packed = replace(SERIES, candles=CANDLES * 100).packed()

    assert isinstance(packed, PackedSeries)
    assert packed.weight == 1400 + 8 * 8 * 300 + 100  # one candle was filled in


def test_what_is_known_about_candles_counts_too() -> None:
    """A series that others filled, or whose gaps are known, takes more than its candles."""
    first = CANDLES[0].open_time
    filled = tuple((first + at, "okx") for at in range(1000))
    reasons: tuple[tuple[int, int, Reason], ...] = tuple(
        (first + at, first + 2 * at, "no_trades") for at in range(100)
    )
    left_out = tuple(first + at for at in range(100))
    packed = replace(SERIES, candles=(), filled=filled, reasons=reasons, left_out=left_out).packed()
    parts = [filled, reasons, left_out, *filled, *reasons, *left_out]
    times = [one for row in (*filled, *reasons) for one in row if isinstance(one, int)]

    assert packed is not None
    assert packed.weight == pytest.approx(1400 + sum(map(sys.getsizeof, [*parts, *times])), rel=0.05)


def test_a_series_is_unpacked_once_while_it_is_used() -> None:
    """Those who use a series at one time get the same one, and afterwards it is unpacked anew."""
    series = replace(SERIES)
    packed = series.packed()
    assert packed is not None
    assert packed.unpacked() is series

    known = replace(series)
    del series
    again = packed.unpacked()
    assert again == known
    assert packed.unpacked() is again
