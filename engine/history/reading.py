"""Read the candles and gaps of a series in one transaction."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, and_, select

from engine.history import columns, lookup, pages, tables
from engine.history.columns import Columns
from engine.history.ranges import Range, union, within, without
from engine.history.resampling import sources
from engine.history.series import Gap, Piece, SeriesKey
from providers import Interval

EVER = 1 << 60
"""A time after all others."""


class Source(NamedTuple):
    """An interval whose candles make up larger ones, and the milliseconds for which it was fetched."""

    interval: Interval
    covered: int


def read(connection: Connection, key: SeriesKey, first: int, until: int, as_of: int | None = None) -> Piece:
    """Return the candles that open in `[first, until)`, and the gaps with their reasons.

    With `as_of` (Unix milliseconds) they are as they were known then. Raises `CorruptPage`.
    """
    candles, gaps = read_columns(connection, key, first, until, as_of)
    return Piece(columns.to_candles(candles, lookup.provider_names(connection)), gaps)


def read_columns(
    connection: Connection, key: SeriesKey, first: int, until: int, as_of: int | None = None
) -> tuple[Columns, list[Gap]]:
    """Return the same with the candles as columns."""
    series = lookup.series_id(connection, key)
    interval = key.interval
    if series is None or first >= until:
        return columns.empty(), [Gap(first, until, "not_fetched")] if first < until else []
    candles = pages.load(connection, series, interval, first, until)
    if as_of is not None:
        candles = _as_of(connection, series, candles, as_of)
    missing = absent(candles, interval, first, until)
    return candles, _explained(connection, series, missing, interval, first, until, as_of)


def absent(candles: Columns, interval: Interval, first: int, until: int) -> list[Range]:
    """Return the ranges of `[first, until)` in which no candle opens."""
    opened, end = interval.first_open(first), interval.first_open(until)
    times = candles["open_time"]
    if not len(times):
        return union([(opened, end)])
    inside = np.nonzero(np.diff(times) > interval.length)[0].tolist()
    before = [(opened, int(times[0])), (interval.after(int(times[-1])), end)]
    return union([*before, *((interval.after(int(times[at])), int(times[at + 1])) for at in inside)])


def _as_of(connection: Connection, series: int, candles: Columns, as_of: int) -> Columns:
    """Return the candles as they were known at `as_of`: older revisions, or none."""
    later = candles["known"] > as_of
    if not later.any():
        return candles
    times = candles["open_time"]
    old = tables.revision.c
    where = and_(
        old.series == series,
        old.open_time >= int(times[0]),
        old.open_time <= int(times[-1]),
        old.known <= as_of,
    )
    query = select(tables.revision).where(where).order_by(old.open_time, old.revision)
    revised = pages.from_rows(connection.execute(query).mappings().all())
    known = columns.take(candles, ~later)
    wanted = columns.among(revised["open_time"], times[later])
    return columns.join([columns.take(revised, wanted), known])


def _explained(
    connection: Connection,
    series: int,
    missing: list[Range],
    interval: Interval,
    first: int,
    until: int,
    as_of: int | None,
) -> list[Gap]:
    """Return the missing ranges, split at each change of the reason."""
    if not missing:
        return []
    gaps: list[Gap] = []
    unexplained = missing
    for hole in holes(connection, series, first, until):
        if as_of is None or hole[1] <= as_of:
            parts = [part for it in missing for part in within([it], hole[0].first, hole[0].until)]
            gaps += [Gap(begin, end, hole[0].reason) for begin, end in parts]
            unexplained = without(unexplained, [(hole[0].first, hole[0].until)])
    covered = [] if as_of is not None else coverage(connection, series, first, until)
    gaps += [Gap(begin, end, "not_fetched") for begin, end in without(unexplained, covered)]
    asked = without(unexplained, without(unexplained, covered))
    gaps += [Gap(begin, end, "unknown") for begin, end in asked]
    return sorted(gaps, key=lambda gap: gap.first)


def gaps(connection: Connection, key: SeriesKey, first: int, until: int) -> list[Gap]:
    """Return the gaps in `[first, until)` as known now: the times that were not fetched, and the holes."""
    series = lookup.series_id(connection, key)
    if series is None:
        return [Gap(first, until, "not_fetched")] if first < until else []
    asked = coverage(connection, series, first, until)
    found = [Gap(begin, end, "not_fetched") for begin, end in without([(first, until)], asked)]
    for hole, _ in holes(connection, series, first, until):
        found.append(Gap(max(hole.first, first), min(hole.until, until), hole.reason))
    return sorted(found, key=lambda gap: gap.first)


def source(connection: Connection, key: SeriesKey, first: int, until: int) -> Source | None:
    """Return the smaller interval that covers most of `[first, until)`; of equal ones the largest."""
    best: Source | None = None
    for interval in sources(key.interval):
        series = lookup.series_id(connection, SeriesKey(key.coin, key.quote, interval.code))
        asked = [] if series is None else coverage(connection, series, first, until)
        covered = sum(end - begin for begin, end in asked)
        if covered > (best.covered if best else 0):
            best = Source(interval, covered)
    return best


def coverage(connection: Connection, series: int, first: int, until: int) -> list[Range]:
    """Return the times in `[first, until)` for which providers were asked."""
    table = tables.coverage.c
    where = and_(table.series == series, table.first < until, table.until > first)
    rows = connection.execute(select(table.first, table.until).where(where).order_by(table.first))
    return within(((row.first, row.until) for row in rows), first, until)


def holes(connection: Connection, series: int, first: int, until: int) -> Iterable[tuple[Gap, int]]:
    """Return the holes that overlap `[first, until)`, and since when each is known (Unix milliseconds)."""
    table = tables.hole.c
    where = and_(table.series == series, table.first < until, table.until > first)
    rows = connection.execute(select(tables.hole).where(where).order_by(table.first))
    return [(Gap(row.first, row.until, row.reason), row.known) for row in rows]
