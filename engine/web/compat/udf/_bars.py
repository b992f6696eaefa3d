"""Bars in the format of TradingView's library."""

from collections.abc import Sequence

import msgspec

from engine.market import MAXIMUM
from engine.market.candles.slices import CandleSlice
from engine.web.compat._exact import candles
from providers import Candle, Interval
from schemas import RequestedPair

COLUMNS = {"o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}


class Span(msgspec.Struct, frozen=True):
    """`count` bars up to the one that opens at `last`, or those from `start` on. Times are milliseconds."""

    last: int
    count: int
    start: int | None = None

    @classmethod
    def of(
        cls, interval: Interval, start: int | None, end: int | None, countback: int | None, now: int
    ) -> "Span":
        """Return the span from `start` to `end` (exclusive) or `now`, of at most 1000; `countback` wins."""
        last = interval.open_time(now if end is None else min(end - 1, now))
        if countback or start is None:
            return cls(last, min(countback or MAXIMUM, MAXIMUM))
        return cls(last, min(max(1, interval.count(interval.first_open(start), last)), MAXIMUM), start)

    def of_candles(self, candles: Sequence[Candle]) -> list[Candle]:
        """Return those of ascending `candles` that are in the span."""
        before = [it for it in candles if it.open_time <= self.last]  # a later one may have opened just now
        if self.start is None:
            return before[-self.count :]
        return [it for it in before if it.open_time >= self.start]


def bars(
    coin: RequestedPair, interval: Interval, span: Span, now: int
) -> tuple[dict[str, object], CandleSlice]:
    """Return the body for `span`, and the candles behind it. Raises an `ApiError`."""
    end = None if span.last >= interval.open_time(now) else span.last
    found = candles(coin, interval, span.count, end=end)
    if not found.candles:  # a gap, or the time before the market began
        found = candles(coin, interval, MAXIMUM, end=end)
    return table(found.candles, span), found


def table(rows: Sequence[Candle], span: Span) -> dict[str, object]:
    """Return the rows of `span` as columns; without rows, the time of the newest one before it."""
    inside = span.of_candles(rows)
    if not inside:
        return {"s": "no_data", **({"nextTime": rows[-1].open_time // 1000} if rows else {})}
    columns: dict[str, object] = {"s": "ok", "t": [it.open_time // 1000 for it in inside]}
    for column, name in COLUMNS.items():
        values = [getattr(it, name) for it in inside]
        if None not in values:  # one unknown volume removes the column
            columns[column] = values
    return columns
