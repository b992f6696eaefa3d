"""Reading candles: rows with a time and figures, of which some may be odd. Pure functions."""

from collections.abc import Callable, Iterator, Sequence
from math import nan
from typing import Any

from providers._errors import BadMarket
from providers._models import Candle, Interval
from providers._reading._figures import figure
from providers._reading._rows import UNREADABLE, rows_of

MOST_CANDLES = 5_000
"""More than one call brings anywhere."""
Row = Candle | Exception
"""A candle, or why a row is none that can be read."""


def candle(time: int, open_: Any, high: Any, low: Any, close: Any, volume: Any) -> Candle:
    """A candle that opened at `time`, with the figures that were sent.

    Raises `BadMarket` where one of them is no number: a row with a time is a candle, if an odd one.
    """
    try:
        prices = figure(open_), figure(high), figure(low), figure(close)
        return Candle(time, *prices, None if volume is None else figure(volume))
    except UNREADABLE as error:
        raise BadMarket(f"the candle of {time} has a figure that is none") from error


def candle_rows(rows: Any, read: Callable[[Any], Candle | None]) -> list[Row]:
    """What `read` makes of each row, or what it raised; a row that is `None` stands for no candle.

    Raises `BadMarket` where all rows are odd candles, and an `UNREADABLE` where they are no candles at all.
    """
    found: list[Row] = []
    odd: list[Exception] = []
    good = False
    for row in rows_of(rows, MOST_CANDLES):
        try:
            one = read(row)
        except (BadMarket, *UNREADABLE) as error:
            odd.append(error)
            found.append(error)
            continue
        good = True
        if one is not None:
            found.append(one)
    if odd and not good:
        raise next((error for error in odd if isinstance(error, BadMarket)), odd[0])
    return found


def within(rows: Sequence[Row], interval: Interval, first: int, last: int) -> list[tuple[int, Row]]:
    """The ascending rows that open from `first` on, to the end of the interval of `last`, with that time.

    An odd one stands after the one before it.
    """
    candles = [(place, row.open_time) for place, row in enumerate(rows) if isinstance(row, Candle)]
    if not candles:
        return [(first, row) for row in rows]
    place, time = candles[0]
    placed = _placed(rows, time - (place + 1) * interval.length, interval.length)
    return [(time, row) for time, row in placed if first <= time and interval.open_time(time) <= last]


def with_unknown(placed: Sequence[tuple[int, Row]]) -> list[Candle]:
    """The candles, and one of unknown figures in the place of each odd row that no other one stands in."""
    told = {time for time, row in placed if isinstance(row, Candle)}
    return [
        row if isinstance(row, Candle) else Candle(time, nan, nan, nan, nan, None)
        for time, row in placed
        if isinstance(row, Candle) or time not in told
    ]


def _placed(rows: Sequence[Row], time: int, length: int) -> Iterator[tuple[int, Row]]:
    """Each row with its open time; that of an odd one is `length` after the one before, at first `time`."""
    for row in rows:
        time = row.open_time if isinstance(row, Candle) else time + length
        yield time, row
