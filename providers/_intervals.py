"""The lengths of candles, and when each candle opens. Times are Unix milliseconds in UTC."""

import msgspec

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
FIRST_MONDAY = 4 * DAY
"""1970-01-05, the first Monday of Unix time. Weeks begin there."""
ERA_YEARS, ERA_DAYS = 400, 146_097
"""The Gregorian calendar repeats after so many years, which are so many days."""
MARCH_0000 = -719_468
"""The day number of 0000-03-01. A year that begins in March has its leap day at its end."""


class Interval(msgspec.Struct, frozen=True):
    """The length of a candle: `code` as clients write it, `length` in milliseconds (of the longest one).

    Callers compute with the methods instead of `length`, because months differ in length.
    """

    code: str
    length: int
    origin: int = 0

    @property
    def mean_length(self) -> float:
        """The mean length of a candle in milliseconds."""
        return self.length

    def open_time(self, time: int) -> int:
        """Return the open time of the candle that contains `time`."""
        return time - (time - self.origin) % self.length

    def first_open(self, time: int) -> int:
        """Return the first open time at or after `time`."""
        opened = self.open_time(time)
        return opened if opened == time else self.after(opened)

    def after(self, open_time: int, count: int = 1) -> int:
        """Return the open time `count` candles after `open_time`, or before it if `count` is negative."""
        return open_time + count * self.length

    def count(self, first: int, last: int) -> int:
        """Return how many candles open from `first` to `last`. Both are open times, and count."""
        return (last - first) // self.length + 1


class Months(Interval, frozen=True):
    """Calendar months, which are 28 to 31 days long."""

    @property
    def mean_length(self) -> float:
        """A twelfth of the mean year of the Gregorian calendar."""
        return ERA_DAYS * DAY / (12 * ERA_YEARS)

    def open_time(self, time: int) -> int:
        """Return the first of the month that contains `time`."""
        return _first_of(_month(time))

    def after(self, open_time: int, count: int = 1) -> int:
        """Return the first of the month `count` months after that of `open_time`."""
        return _first_of(_month(open_time) + count)

    def count(self, first: int, last: int) -> int:
        """Return how many months begin from `first` to `last`."""
        return _month(last) - _month(first) + 1


def _month(time: int) -> int:
    """Return the number of the month that contains `time`: 0 is January of the year 0."""
    era, day = divmod(time // DAY - MARCH_0000, ERA_DAYS)
    year = (day - day // 1460 + day // 36_524 - day // (ERA_DAYS - 1)) // 365
    day_of_year = day - (365 * year + year // 4 - year // 100)
    return (era * ERA_YEARS + year) * 12 + (5 * day_of_year + 2) // 153 + 2


def _first_of(month: int) -> int:
    """Return the time at which the month with this number begins."""
    years, place = divmod(month - 2, 12)
    era, year = divmod(years, ERA_YEARS)
    days = era * ERA_DAYS + 365 * year + year // 4 - year // 100 + (153 * place + 2) // 5
    return (days + MARCH_0000) * DAY


INTERVALS = {
    interval.code: interval
    for interval in (
        Interval("1m", MINUTE),
        Interval("3m", 3 * MINUTE),
        Interval("5m", 5 * MINUTE),
        Interval("15m", 15 * MINUTE),
        Interval("30m", 30 * MINUTE),
        Interval("1h", HOUR),
        Interval("2h", 2 * HOUR),
        Interval("4h", 4 * HOUR),
        Interval("6h", 6 * HOUR),
        Interval("8h", 8 * HOUR),
        Interval("12h", 12 * HOUR),
        Interval("1d", DAY),
        Interval("3d", 3 * DAY),
        Interval("1w", WEEK, FIRST_MONDAY),
        Months("1M", 31 * DAY),
    )
}
