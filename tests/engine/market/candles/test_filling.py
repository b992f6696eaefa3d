"""Candles that fill a gap must come from the same market."""

import pytest
from msgspec.structs import replace

from engine.market.candles.filling import fits
from providers import Candle
from tests.engine.analysis.test_candles import series


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
