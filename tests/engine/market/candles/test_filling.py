"""Whether what fills a hole is of the same market."""

from dataclasses import replace

import pytest

from engine.market.candles.filling import fits
from providers import Candle
from tests.engine.analysis.test_candles import series


def scaled(candles: list[Candle], factor: float) -> list[Candle]:
    """The same course at other prices."""
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
@pytest.mark.parametrize("hole", [slice(4, 7), slice(0, 3), slice(7, 10)], ids=["inside", "first", "last"])
def test_prices_meet_where_the_market_is_the_same(hole: slice, factor: float, same: bool) -> None:
    """At one end at least; a hole at an edge has only one."""
    candles = scaled(series(10), 100.0)
    flat = [replace(one, open=1000.0, high=1010.0, low=990.0, close=1000.0) for one in candles]
    around = [one for place, one in enumerate(flat) if place not in range(10)[hole]]

    assert fits(scaled(flat[hole], factor), around) is same


def test_nothing_fits_nowhere() -> None:
    """No candles fill nothing."""
    assert not fits([], series(3))


def test_a_market_may_move_within_a_hole() -> None:
    """Where one end meets the series, the other may be far away."""
    low, high = series(3), scaled(series(6)[3:], 3.0)
    between = [replace(low[-1], open_time=low[-1].open_time + 1, open=low[-1].close)]

    assert fits(between, [*low, *high])
