"""The lengths of candles and their alignment in time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
MONDAY = 4 * DAY
"""The first Monday after the epoch, which was a Thursday."""
FIRST_MS = 1_420_416_000_000
"""The invented market opened on Monday, 2015-01-05."""


class Interval(NamedTuple):
    """Candles of `size` milliseconds that open at `origin` plus any number of sizes."""

    size: int
    origin: int = 0

    def after(self, open_ms: int, count: int = 1) -> int:
        """Return the open time `count` candles later."""
        return open_ms + count * self.size

    def opening(self, at_ms: int) -> int:
        """Return the open time of the candle that contains `at_ms`."""
        return at_ms - (at_ms - self.origin) % self.size

    def next_opening(self, at_ms: int) -> int:
        """Return the first open time at or after `at_ms`."""
        return at_ms + (self.origin - at_ms) % self.size


class Months(Interval):
    """Calendar months. `size` is that of the longest, and each candle has its own."""

    __slots__ = ()

    def after(self, open_ms: int, count: int = 1) -> int:
        """Return the first of the month `count` months later."""
        at = datetime.fromtimestamp(open_ms / 1000, UTC)
        years, month = divmod(at.month - 1 + count, 12)
        return _midnight(at.year + years, month + 1)

    def opening(self, at_ms: int) -> int:
        """Return the first of the month that contains `at_ms`."""
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        return _midnight(at.year, at.month)

    def next_opening(self, at_ms: int) -> int:
        """Return the first month that begins at or after `at_ms`."""
        opening = self.opening(at_ms)
        return opening if opening == at_ms else self.after(opening)


def _midnight(year: int, month: int) -> int:
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1000


LADDER = (
    Interval(WEEK, MONDAY),
    Interval(DAY),
    Interval(4 * HOUR),
    Interval(HOUR),
    Interval(15 * MINUTE),
    Interval(5 * MINUTE),
    Interval(MINUTE),
)
"""Each rung is split into the next one."""

INTERVALS = {
    "1m": LADDER[6],
    "3m": Interval(3 * MINUTE),
    "5m": LADDER[5],
    "15m": LADDER[4],
    "30m": Interval(30 * MINUTE),
    "1h": LADDER[3],
    "2h": Interval(2 * HOUR),
    "4h": LADDER[2],
    "6h": Interval(6 * HOUR),
    "8h": Interval(8 * HOUR),
    "12h": Interval(12 * HOUR),
    "1d": LADDER[1],
    "3d": Interval(3 * DAY),
    "4d": Interval(4 * DAY),
    "15d": Interval(15 * DAY),
    "1w": LADDER[0],
    "1M": Months(31 * DAY),
    "thursday week": Interval(WEEK),
    "6h hong kong": Interval(6 * HOUR, 16 * HOUR),
    "12h hong kong": Interval(12 * HOUR, 16 * HOUR),
    "1d hong kong": Interval(DAY, 16 * HOUR),
    "1w hong kong": Interval(WEEK, MONDAY - 8 * HOUR),
}


def rung_for(interval: Interval) -> int:
    """Return the widest rung of the ladder from which candles of this interval can be built."""
    for rung, step in enumerate(LADDER):
        if interval.size % step.size == 0 and (interval.origin - step.origin) % step.size == 0:
            return rung
    raise ValueError(f"no candles of {interval.size} ms")
