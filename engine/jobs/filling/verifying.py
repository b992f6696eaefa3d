"""Compare a kept series with a second venue, day by day. Nothing is changed."""

from collections.abc import Iterator, Sequence

import msgspec

from engine.history.archive import Archive
from engine.history.series import KeptCandle, SeriesKey
from engine.jobs.filling.venue import Venues
from engine.upstream import Upstream
from providers import Candle, CandleSource, ProviderError

TOLERANCE = 0.01
"""Maximum fraction by which the closes of two venues differ."""
SILENT = "No candles"
"""Reason for a venue without candles of a day, which cannot be compared."""
DAY = 86_400_000


class DayChecked(msgspec.Struct, frozen=True):
    """The result for one day (its first millisecond): counts, and the largest difference of closes.

    `error` is why the other venue sent nothing.
    """

    day: int
    venue: str
    kept: int
    missing: int
    differing: int
    largest: float
    error: str | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether candles are missing, or closes differ."""
        return bool(self.missing or self.differing)


def verify(
    archive: Archive, venues: Venues, key: SeriesKey, first: int, until: int, venue: str | None = None
) -> Iterator[DayChecked]:
    """Yield the result of each day in `[first, until)`, compared with `venue` or one that gave none of it.

    If a venue cannot be asked, the next one is, unless `venue` names it. Raises an `ArchiveError`, and
    `LookupError` if no other venue can be compared.
    """
    span = max(DAY, key.interval.length)
    at = first - first % DAY
    while at < until:
        begin, end = max(at, first), min(at + span, until)
        kept = archive.read(key, begin, end).candles
        checked: DayChecked | None = None
        for other in _others(venues, kept, begin, venue):
            checked = _checked(venues, at, begin, end, kept, other)
            if checked.error is None:
                break
        if checked is None:
            raise LookupError("no other venue has these candles")
        yield checked
        at += span


def _others(
    venues: Venues, kept: Sequence[KeptCandle], first: int, venue: str | None
) -> list[Upstream[CandleSource]]:
    """Return the venues to compare with: the named one, or those that gave none of `kept`."""
    given = {it.provider for it in kept}
    return [it for it in venues.able(first) if (it.name == venue if venue else it.name not in given)]


def _checked(
    venues: Venues,
    day: int,
    first: int,
    until: int,
    kept: Sequence[KeptCandle],
    upstream: Upstream[CandleSource],
) -> DayChecked:
    try:
        theirs: Sequence[Candle] = venues.candles(upstream, first, until).candles
    except ProviderError as error:
        return DayChecked(day, upstream.name, len(kept), 0, 0, 0.0, error.reason)
    if kept and not theirs:
        return DayChecked(day, upstream.name, len(kept), 0, 0, 0.0, SILENT)
    closes = {it.candle.open_time: it.candle.close for it in kept}
    missing = sum(it.open_time not in closes for it in theirs)
    apart = [abs(closes[it.open_time] / it.close - 1) for it in theirs if it.open_time in closes]
    differing = sum(it > TOLERANCE for it in apart)
    return DayChecked(day, upstream.name, len(kept), missing, differing, max(apart, default=0.0))
