"""What holds for every event of every stream. Each function yields what is wrong, in words."""

from collections.abc import Iterator
from math import isfinite

from engine.analysis.candles import is_possible
from providers import (
    Channel,
    Event,
    Interval,
    LastTrade,
    StreamedAggregate,
    StreamedBook,
    StreamedCandle,
    StreamedTicker,
    StreamedTrade,
)

DAY = 86_400_000
KINDS: dict[Channel, type[Event]] = {
    "candles": StreamedCandle,
    "tickers": StreamedTicker,
    "trades": StreamedTrade,
    "aggregates": StreamedAggregate,
    "books": StreamedBook,
}
"""What each channel is about. Its frames may have other events in addition."""


def event(one: Event, now: int, interval: Interval | None = None) -> Iterator[str]:
    """Prices and amounts are possible, times are not of the future, and a candle is one of its interval."""
    match one:
        case StreamedCandle():
            if interval is not None and not is_possible(one.candle, interval, now):
                yield f"the candle {one.candle}"
        case StreamedTicker():
            yield from _positive(one, one.price)
        case StreamedTrade() | StreamedAggregate():
            yield from _positive(one, one.price)
            if not one.amount >= 0:
                yield f"an amount of {one}"
            if not 0 < one.time <= now + DAY:
                yield f"a trade at {one.time}"
        case StreamedBook():
            yield from _positive(one, one.bid, one.ask)
            if one.bid > one.ask:
                yield f"a crossed book: {one}"
        case LastTrade():
            if one.id < 0:
                yield f"the id {one.id}"


def _positive(one: Event, *figures: float) -> Iterator[str]:
    if not all(figure > 0 and isfinite(figure) for figure in figures):
        yield f"a figure of {one}"
