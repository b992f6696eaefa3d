"""Newest closes far from the consensus: of another market, unless a second venue agrees."""

import pytest

from engine.market.candles.doubts import Doubts
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
def test_a_second_venue(closes: list[float], refused: list[str]) -> None:
    """Its close speaks for one that is far off, on whichever side of 30 % it is itself."""
    told = [Series(name, BTC, (candle(close),)) for name, close in zip("abc", closes, strict=False)]
    doubts = Doubts(lambda pair: 100.0)
    for series in told:
        doubts.believed(series)

    judged = doubts.judged(Outcome(series.provider, 0.0, series) for series in told)
    assert [one.provider for one in judged if isinstance(one.error, BadMarket)] == refused


def candle(close: float) -> Candle:
    """A candle of one price."""
    return Candle(0, close, close, close, close, 1.0)
