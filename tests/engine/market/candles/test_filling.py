"""Candles that fill a gap must come from the same market."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from msgspec.structs import replace

from engine.market.candles.filling import fill, fits
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import Series
from engine.upstream.fan_out import Ask
from providers import ASSET_BY_NAME, INTERVALS, Candle, Pair, Window
from tests.engine.analysis.test_candles import series
from tests.waiting import LONGEST


def scaled(candles: list[Candle], factor: float) -> list[Candle]:
    """Return the same candles at other prices."""
    return [
        replace(
            one,
            open=one.open * factor,
            high=one.high * factor,
            low=one.low * factor,
            close=one.close * factor,
        )
        for one in candles
    ]


@pytest.mark.parametrize(
    ("factor", "same"), [(1.0, True), (1.2, True), (0.75, True), (1.5, False), (0.001, False)]
)
@pytest.mark.parametrize("gap", [slice(4, 7), slice(0, 3), slice(7, 10)], ids=["inside", "first", "last"])
def test_prices_must_meet_at_one_end(gap: slice, factor: float, same: bool) -> None:
    """A filling must agree with the series at one end of the gap, which may be its only end."""
    candles = scaled(series(10), 100.0)
    flat = [replace(one, open=1000.0, high=1010.0, low=990.0, close=1000.0) for one in candles]
    around = [one for place, one in enumerate(flat) if place not in range(10)[gap]]

    assert fits(scaled(flat[gap], factor), around) is same


def test_no_candles_fill_no_gap() -> None:
    """An empty list fills no gap."""
    assert not fits([], series(3))


def test_a_market_may_move_within_a_gap() -> None:
    """A filling needs to agree with one end, and the market may have moved far at the other."""
    low, high = series(3), scaled(series(6)[3:], 3.0)
    between = [replace(low[-1], open_time=low[-1].open_time + 1, open=low[-1].close)]

    assert fits(between, [*low, *high])


HOURS = INTERVALS["1h"]
PAIR = Pair(ASSET_BY_NAME["BTC"], "USDT")
WHOLE = tuple(scaled(series(10), 100.0))
HOLE = Series("one", PAIR, (*WHOLE[:4], *WHOLE[7:]))
GAP = (WHOLE[4].open_time, WHOLE[6].open_time)
NOW = WHOLE[9].open_time + 1000


def filled(*sent: tuple[Candle, ...], left_out: tuple[int, ...] = ()) -> tuple[Series, list[Window]]:
    """Return a series with a gap after other venues have sent candles, and the windows that were asked."""
    windows: list[Window] = []

    def ask(candles: Any, asked: CandleRequest) -> Ask[Series]:
        def call() -> Series:
            windows.append(asked.window)
            first, last = asked.window.bounds(HOURS, NOW)
            inside = tuple(one for one in candles if first <= one.open_time <= last)
            return Series("another", PAIR, inside, left_out=left_out)

        return Ask("another", call, pool)

    request = CandleRequest("BTCUSDT", PAIR, HOURS, Window(10))
    with ThreadPoolExecutor(1) as pool:
        venues: Any = sent
        end = time.monotonic() + LONGEST
        return fill(HOLE, request, venues, lambda venues, _: list(cast(Any, venues)), ask, end), windows


def test_a_gap_is_filled_with_what_lies_in_it_alone() -> None:
    """Other venues are asked for the candles around the gap as well, which are not taken."""
    other = tuple(scaled(list(WHOLE), 1.001))
    found, windows = filled(other)

    assert found.candles == (*WHOLE[:4], *other[4:7], *WHOLE[7:])
    assert found.filled == tuple((one.open_time, "another") for one in WHOLE[4:7])
    assert windows == [Window(5, WHOLE[3].open_time, WHOLE[7].open_time)]


def test_a_venue_that_traded_around_a_gap_confirms_it() -> None:
    """Nothing was traded where another venue has both candles around the gap, and none within it."""
    found, _ = filled(HOLE.candles)

    assert found.explained(Window(10), HOURS, NOW) == [(*GAP, "no_trades")]


@pytest.mark.parametrize(
    ("sent", "left_out"),
    [
        ((), ()),
        (WHOLE[:4], ()),
        (WHOLE[7:], ()),
        (tuple(scaled(list(HOLE.candles), 2.0)), ()),
        (HOLE.candles, (GAP[0],)),
    ],
    ids=["nothing", "before alone", "after alone", "another market", "an invalid row"],
)
def test_a_venue_that_does_not_know_the_time_confirms_nothing(
    sent: tuple[Candle, ...], left_out: tuple[int, ...]
) -> None:
    """A venue without both candles around the gap may not have listed the coin: the reason is unknown."""
    found, _ = filled(sent, left_out=left_out)

    assert found.explained(Window(10), HOURS, NOW) == [(*GAP, "unknown")]
    assert found.sought == {GAP}
