"""Parse candles: rows with a time and figures, of which some may be invalid. Pure functions."""

from collections.abc import Callable, Iterator, Sequence
from math import nan
from typing import Any

from providers._errors import BadMarket
from providers._intervals import Interval
from providers._models import Candle
from providers._reading._figures import figure, integer, number
from providers._reading._rows import UNREADABLE, rows_of

MAX_CANDLES = 5_000
"""More candles than any provider sends in one call."""
Row = Candle | Exception
"""A candle, or the error of an unreadable row."""


def candle(
    time: int,
    open_: Any,
    high: Any,
    low: Any,
    close: Any,
    volume: Any,
    quote_volume: Any = None,
    trades: Any = None,
) -> Candle:
    """Return the candle that opened at `time`, with the figures that were sent.

    Raises `BadMarket` if a price or the volume is not a number: a row with a valid time is still a candle.
    An invalid `quote_volume` or number of `trades` is unknown.
    """
    try:
        prices = figure(open_), figure(high), figure(low), figure(close)
        known = None if volume is None else figure(volume)
    except UNREADABLE as error:
        raise BadMarket(f"the candle of {time} has an invalid figure") from error
    quoted = number(quote_volume)
    if quoted is not None and quoted < 0:
        quoted = None
    return Candle(time, *prices, known, quoted, integer(trades, minimum=0))


def candle_rows(rows: Any, read: Callable[[Any], Candle | None]) -> list[Row]:
    """Parse each row with `read`, and return its candle or its error. `read` returns `None` to skip a row.

    If no row is valid, raises one of their errors, a `BadMarket` if there is one.
    """
    found: list[Row] = []
    errors: list[Exception] = []
    good = False
    for row in rows_of(rows, MAX_CANDLES):
        try:
            one = read(row)
        except (BadMarket, *UNREADABLE) as error:
            errors.append(error)
            found.append(error)
            continue
        good = True
        if one is not None:
            found.append(one)
    if errors and not good:
        raise next((error for error in errors if isinstance(error, BadMarket)), errors[0])
    return found


def within(rows: Sequence[Row], interval: Interval, first: int, last: int) -> list[tuple[int, Row]]:
    """Return the rows that open between `first` and the end of the interval of `last`, with open times.

    `rows` are in ascending order. An unreadable row opens one interval after the row before it.
    """
    candles = [(place, row.open_time) for place, row in enumerate(rows) if isinstance(row, Candle)]
    if not candles:
        return [(first, row) for row in rows]
    place, time = candles[0]
    placed = _placed(rows, interval.after(interval.open_time(time), -place - 1), interval)
    return [(time, row) for time, row in placed if first <= time and interval.open_time(time) <= last]


def with_placeholders(placed: Sequence[tuple[int, Row]]) -> list[Candle]:
    """Return the candles, with a candle of unknown figures for each unreadable row at a time without one."""
    known = {time for time, row in placed if isinstance(row, Candle)}
    return [
        row if isinstance(row, Candle) else Candle(time, nan, nan, nan, nan, None)
        for time, row in placed
        if isinstance(row, Candle) or time not in known
    ]


def _placed(rows: Sequence[Row], time: int, interval: Interval) -> Iterator[tuple[int, Row]]:
    """Yield each row with its open time. An unreadable row opens one interval after the row before."""
    for row in rows:
        time = row.open_time if isinstance(row, Candle) else interval.after(time)
        yield time, row
