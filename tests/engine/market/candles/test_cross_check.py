"""A newest close far from the consensus price is refused unless a second venue agrees."""

import pytest

from engine.market.candles.cross_check import CrossCheck
from engine.market.candles.series import Series
from engine.upstream.fan_out import Outcome
from providers import ASSET_BY_NAME, BadMarket, Candle, Pair

BTC = Pair(ASSET_BY_NAME["BTC"], "USDT")


@pytest.mark.parametrize(
    ("closes", "refused"),
    [
        ([131.0], ["a"]),
        ([131.0, 100.0], ["a"]),
        ([131.0, 140.0], ["a", "b"]),
        ([131.0, 132.0], []),
        ([131.0, 129.5], []),
        ([129.5], []),
    ],
)
def test_a_second_venue_confirms_a_close(closes: list[float], refused: list[str]) -> None:
    """A close far from the price is accepted if a second venue agrees with it."""
    received = [Series(name, BTC, (candle(close),)) for name, close in zip("abc", closes, strict=False)]
    check = CrossCheck(lambda pair: 100.0)
    for series in received:
        check.accepts(series)

    checked = check.checked(Outcome(series.provider, 0.0, series) for series in received)
    assert [one.provider for one in checked if isinstance(one.error, BadMarket)] == refused


def candle(close: float) -> Candle:
    """Return a candle of one price."""
    return Candle(0, close, close, close, close, 1.0)
