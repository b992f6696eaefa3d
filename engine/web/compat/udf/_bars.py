"""Bars as TradingView's library asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.market import MAXIMUM
from engine.web.compat._asking import candles
from engine.web.compat._retelling import Heard
from providers import Interval
from schemas import NamedPair

COLUMNS = {"o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """`count` bars up to the one that opens at `last`, or those from `start` on. Milliseconds."""

    last: int
    count: int
    start: int | None = None

    @classmethod
    def of(
        cls, interval: Interval, start: int | None, end: int | None, countback: int | None, now: int
    ) -> "Span":
        """From `start` to before `end`, or before `now`; `countback` wins over `start`. 1000 at most."""
        last = interval.open_time(now if end is None else min(end - 1, now))
        if countback or start is None:
            return cls(last, min(countback or MAXIMUM, MAXIMUM))
        return cls(last, min(max(1, (last - start) // interval.length + 1), MAXIMUM), start)

    def of_rows(self, rows: Sequence[Row]) -> list[Row]:
        """Those of ascending `rows` that are meant."""
        before = [row for row in rows if row["timestamp"] <= self.last]  # one may have opened just now
        if self.start is None:
            return before[-self.count :]
        return [row for row in before if row["timestamp"] >= self.start]


def bars(coin: NamedPair, interval: Interval, span: Span, now: int) -> tuple[dict[str, object], Heard]:
    """What is told of `span`, and what it was made of. Raises an `ApiError`."""
    end = None if span.last >= interval.open_time(now) else span.last
    heard = candles(coin, interval, span.count, end=end)
    if not heard.data:  # a hole, or the time before there was anything
        heard = candles(coin, interval, MAXIMUM, end=end)
    return table(heard.data, span), heard


def table(rows: Sequence[Row], span: Span) -> dict[str, object]:
    """The rows of `span` as columns; where it has none, the time of the newest before it."""
    meant = span.of_rows(rows)
    if not meant:
        return {"s": "no_data", **({"nextTime": rows[-1]["timestamp"] // 1000} if rows else {})}
    told: dict[str, object] = {"s": "ok", "t": [row["timestamp"] // 1000 for row in meant]}
    for column, name in COLUMNS.items():
        values = [row[name] for row in meant]
        if None not in values:  # a volume that is not known is left out with its column
            told[column] = values
    return told
