"""Values of the archive: series, candles with their origin, and gaps with their reasons."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Literal

import msgspec

from providers import INTERVALS, Candle, Interval, Pair

Reason = Literal["no_trades", "venue_outage", "before_listing", "not_fetched", "unknown"]
"""Why candles are missing."""
CANDLES_A_PAGE = 1440
"""Candles of a page: a day of minutes, two months of hours."""


class Cause(IntEnum):
    """Why a series is kept. A full archive deletes the lowest causes first, and never `SETTING`."""

    REQUEST = 0
    JOB = 1
    SETTING = 2


class SeriesKey(msgspec.Struct, frozen=True, order=True):
    """A series: a coin by the catalogue's id, its quote currency and an interval's code."""

    coin: str
    quote: str
    code: str

    @classmethod
    def of(cls, pair: Pair, interval: Interval) -> "SeriesKey":
        """Return the series of a pair."""
        return cls(pair.base.id, pair.quote, interval.code)

    @property
    def interval(self) -> Interval:
        """Return the interval of its candles."""
        return INTERVALS[self.code]

    def __str__(self) -> str:
        return f"{self.coin}/{self.quote} {self.code}"


class KeptCandle(msgspec.Struct, frozen=True):
    """A closed candle and its origin.

    With `filled` its provider is not that of its neighbours. `revision` counts the corrections of its
    provider. It is known since `known` (Unix milliseconds).
    """

    candle: Candle
    provider: str
    filled: bool = False
    revision: int = 0
    known: int = 0


class Gap(msgspec.Struct, frozen=True):
    """Missing candles with open times in `[first, until)`, and why they are missing."""

    first: int
    until: int
    reason: Reason


class Piece(msgspec.Struct, frozen=True):
    """The candles of a part of a series, ascending, and all gaps in that part."""

    candles: Sequence[KeptCandle]
    gaps: Sequence[Gap]


class Finding(msgspec.Struct, frozen=True):
    """The result of a fetch of `[first, until)`: ascending candles, and the reasons of missing ones.

    A missing candle without a reason in `gaps` has the reason `unknown`. `known` is the time of the fetch
    (Unix milliseconds).
    """

    first: int
    until: int
    candles: Sequence[KeptCandle]
    known: int
    gaps: Sequence[Gap] = ()


class SeriesSummary(msgspec.Struct, frozen=True):
    """The summary of a series: open times of the first and last candle, counts, bytes and providers."""

    key: SeriesKey
    first: int
    last: int
    candles: int
    bytes: int
    gaps: int
    providers: tuple[str, ...]
    cause: Cause
    used: float


class Sizes(msgspec.Struct, frozen=True):
    """The sizes of the archive: counts, and bytes. `jobs` are the open ones."""

    series: int
    candles: int
    bytes: int
    holes: int
    jobs: int


def page_start(interval: Interval, time: int) -> int:
    """Return the open time of the first candle of the page that holds the candle opening at `time`."""
    span = CANDLES_A_PAGE * interval.length
    return time - (time - interval.origin) % span


def page_end(interval: Interval, start: int) -> int:
    """Return the end of the page that starts at `start`."""
    return start + CANDLES_A_PAGE * interval.length
