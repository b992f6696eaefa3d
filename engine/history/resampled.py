"""Resample kept candles to a larger interval that is not kept, in pieces of bounded size."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from engine.history.archive import READ_WITHIN, Archive
from engine.history.series import CANDLES_A_PAGE, Gap, KeptCandle, Piece, SeriesKey
from providers import Interval

if TYPE_CHECKING:
    from engine.history.columns import Columns
    from engine.history.storage import Storage

PAGES_AT_ONCE = 8
"""Pages that are read and resampled in one step: some milliseconds of work."""
MOST_PARTS = 1_000_000
"""Maximum number of candles to read: about two years of minutes, in half a second."""


class Resampled(msgspec.Struct, frozen=True):
    """A piece of a series that was made of candles of the interval `source`."""

    piece: Piece
    source: Interval


def resampled(
    archive: Archive,
    key: SeriesKey,
    first: int,
    until: int,
    as_of: int | None = None,
    *,
    complete: bool = True,
) -> Resampled | None:
    """Return the candles that open in `[first, until)`, as they were known at `as_of`, and all gaps.

    `first` and `until` are open times of the interval of `key`. Returns `None` if no smaller interval is kept
    or too many candles are, or if the result has to be `complete` and a part was not fetched. Raises an
    `ArchiveError`.
    """
    if first >= until or key.code == "1m":
        return None
    best = archive.run(lambda storage: storage.source(key, first, until), READ_WITHIN)
    if best is None or (complete and best.covered < until - first):
        return None
    source = best.interval
    if source.count(first, until) > MOST_PARTS:
        return None
    parts, at = _Parts(key, source, as_of), first
    while at < until:
        end = min(until, max(key.interval.after(at), key.interval.open_time(_step(source, at))))
        archive.run(parts.reading(at, end), READ_WITHIN)
        at = end
    return Resampled(archive.run(parts.piece(first, until), READ_WITHIN), source)


def _step(source: Interval, at: int) -> int:
    return source.after(at, PAGES_AT_ONCE * CANDLES_A_PAGE)


class _Parts:
    """The pieces that were read so far. Its work runs in the archive's threads."""

    def __init__(self, key: SeriesKey, source: Interval, as_of: int | None) -> None:
        self._large, self._source, self._as_of = key.interval, source, as_of
        self._key = SeriesKey(key.coin, key.quote, source.code)
        self._columns: list[Columns] = []
        self._gaps: list[Gap] = []

    def reading(self, first: int, until: int) -> Callable[["Storage"], None]:
        """Return the work that reads and resamples `[first, until)`."""

        def work(storage: "Storage") -> None:
            from engine.history.resampling import resample

            columns, gaps = storage.read_columns(self._key, first, until, self._as_of)
            self._columns.append(resample(columns, self._source, self._large))
            self._gaps += gaps

        return work

    def piece(self, first: int, until: int) -> Callable[["Storage"], Piece]:
        """Return the work that joins the resampled pieces."""

        def work(storage: "Storage") -> Piece:
            from engine.history import columns
            from engine.history.reading import absent
            from engine.history.resampling import resampled_gaps

            joined = columns.join(self._columns)
            candles: list[KeptCandle] = columns.to_candles(joined, storage.provider_names())
            missing = absent(joined, self._large, first, until)
            return Piece(candles, resampled_gaps(missing, self._gaps, self._large))

        return work
