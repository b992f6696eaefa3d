"""The last 24 hours of a market and its best prices, from the ticker of one venue."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from engine.analysis.consensus import OUTLIER, tidy
from providers import Day, Ticker

NO_DAY = Day()
USUAL = ("high", "low", "volume", "bid", "ask")
"""Figures that most venues send. Venues that lack fewer of them are preferred."""


class VenueTicker(NamedTuple):
    """A ticker of `venue`, which was received at `time` (Unix seconds)."""

    venue: str
    ticker: Ticker
    time: float


class MarketDay(msgspec.Struct, frozen=True):
    """The 24 hours of a market at `venue` up to `time` (Unix seconds). An unknown figure is `None`.

    `change` is per cent, `volume` and the amounts of best prices are in coins, `turnover` in the quote.
    """

    venue: str
    time: float
    last: float
    open: float | None
    change: float | None
    high: float | None
    low: float | None
    volume: float | None
    turnover: float | None
    mean: float | None
    trades: int | None
    bid: float | None
    bid_amount: float | None
    ask: float | None
    ask_amount: float | None

    @classmethod
    def of(cls, found: VenueTicker) -> "MarketDay":
        """Return the day in a ticker. Open, change and mean are computed from its other figures."""
        ticker, day = found.ticker, found.ticker.day or NO_DAY
        last, change, opened, mean = ticker.price, ticker.change, day.open, day.mean
        if opened is None and change is not None and change > -100:
            opened = tidy(last / (1 + change / 100))
        if change is None and opened is not None:
            change = (last / opened - 1) * 100
        if mean is None and day.turnover and day.volume:
            mean = tidy(day.turnover / day.volume)
        return cls(
            found.venue,
            found.time if ticker.time is None else ticker.time / 1000,
            last,
            opened,
            change,
            day.high,
            day.low,
            day.volume,
            day.turnover,
            mean,
            day.trades,
            day.bid,
            day.bid_amount,
            day.ask,
            day.ask_amount,
        )


def best_day(tickers: Sequence[VenueTicker], price: float) -> MarketDay | None:
    """Return the day with the fewest missing figures among the venues near the median `price`.

    The first one of equal venues. Returns `None` if no venue is near it.
    """
    near = [it for it in tickers if abs(it.ticker.price / price - 1) <= OUTLIER]
    return MarketDay.of(min(near, key=_lacks)) if near else None


def _lacks(found: VenueTicker) -> int:
    day = found.ticker.day or NO_DAY
    return sum(getattr(day, name) is None for name in USUAL) + (found.ticker.change is None)
