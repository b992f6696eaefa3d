"""Write the result of a fetch in one transaction."""

import msgspec
import numpy as np
from sqlalchemy import Connection, and_, delete, insert

from engine.history import columns, lookup, pages, tables
from engine.history.columns import Columns
from engine.history.errors import CorruptPage
from engine.history.ranges import union, within, without
from engine.history.reading import EVER, absent, holes
from engine.history.series import Cause, Finding, Gap, SeriesKey, page_end, page_start
from providers import Interval

FEW = 128
"""Maximum number of new candles that are kept as rows. More are written to their pages at once."""
MOST_RECENT = 512
"""Number of recent rows after which all of them are moved to their pages."""


class Written(msgspec.Struct, frozen=True):
    """How many candles are new, and how many their provider has corrected."""

    added: int
    corrected: tuple[int, ...] = ()
    """The open times of corrected candles."""


def write(connection: Connection, key: SeriesKey, finding: Finding, cause: Cause, now: float) -> Written:
    """Keep `finding`. Known candles stay, unless they are corrected.

    Only the provider of a candle can correct it. The old values are moved to the revisions.
    """
    series = lookup.ensure_series(connection, key, cause, now)
    new = columns.from_candles(
        finding.candles, lookup.ensure_providers(connection, {it.provider for it in finding.candles})
    )
    interval = key.interval
    old = _known(connection, series, interval, finding, new)
    fresh = columns.take(new, ~columns.among(new["open_time"], old["open_time"]))
    corrected, before = _corrections(old, new, finding.known)
    if len(before["open_time"]):
        connection.execute(insert(tables.revision), pages.to_rows(series, before))
    _save(connection, series, interval, columns.join([fresh, corrected]))
    _cover(connection, series, interval, finding, columns.join([old, fresh]))
    return Written(len(fresh["open_time"]), tuple(corrected["open_time"].tolist()))


def _known(
    connection: Connection, series: int, interval: Interval, finding: Finding, new: Columns
) -> Columns:
    """Return the kept candles in the range of `finding`. Corrupt pages are deleted."""
    times = new["open_time"].tolist()
    first, until = min([finding.first, *times[:1]]), max([finding.until, *(time + 1 for time in times[-1:])])
    try:
        return pages.load(connection, series, interval, first, until)
    except CorruptPage:
        drop_corrupt_pages(connection, series, interval, first, until)
        return pages.load(connection, series, interval, first, until)


def _corrections(old: Columns, new: Columns, known: int) -> tuple[Columns, Columns]:
    """Return the new and the old values of candles that their provider has changed."""
    before = columns.take(old, columns.among(old["open_time"], new["open_time"]))
    after = columns.take(new, columns.among(new["open_time"], before["open_time"]))
    differs = columns.changed(before, after) & (before["provider"] == after["provider"])
    before, after = columns.take(before, differs), columns.take(after, differs)
    after["revision"] = before["revision"] + 1
    after["known"] = np.full(len(after["open_time"]), known, np.int64)
    return after, before


def _save(connection: Connection, series: int, interval: Interval, candles: Columns) -> None:
    count = len(candles["open_time"])
    if count > FEW:
        pages.fold(connection, series, interval, candles)
    elif count:
        pages.save_recent(connection, series, candles)
        if pages.count_recent(connection, series) > MOST_RECENT:
            pages.fold(connection, series, interval, pages.load_recent(connection, series, 0, EVER))


def _cover(
    connection: Connection, series: int, interval: Interval, finding: Finding, present: Columns
) -> None:
    """Note that the range of `finding` was fetched, and why candles are missing in it."""
    first, until = finding.first, finding.until
    if first >= until:
        return
    table = tables.coverage
    touching = and_(table.c.series == series, table.c.first <= until, table.c.until >= first)
    rows = connection.execute(table.select().where(touching)).all()
    connection.execute(delete(table).where(touching))
    joined = union([(first, until), *((row.first, row.until) for row in rows)])
    connection.execute(
        insert(table), [{"series": series, "first": begin, "until": end} for begin, end in joined]
    )
    missing = absent(present, interval, first, until)
    _replace_holes(connection, series, finding, missing)


def _replace_holes(
    connection: Connection, series: int, finding: Finding, missing: list[tuple[int, int]]
) -> None:
    """Replace the holes in the range of `finding`. A known hole keeps its reason and time."""
    first, until, known = finding.first, finding.until, finding.known
    before = list(holes(connection, series, first, until))
    table = tables.hole
    connection.execute(
        delete(table).where(table.c.series == series, table.c.first < until, table.c.until > first)
    )
    outside = [
        (Gap(begin, end, gap.reason), time)
        for gap, time in before
        for begin, end in without([(gap.first, gap.until)], [(first, until)])
    ]
    inside: list[tuple[Gap, int]] = []
    left = missing
    confirmed = [
        (Gap(max(gap.first, it.first), min(gap.until, it.until), gap.reason), time)
        for gap, time in before
        for it in finding.gaps
        if it.reason == gap.reason
    ]
    found = [(gap, known) for gap in finding.gaps]
    for gaps in (confirmed, found, before, [(Gap(first, until, "unknown"), known)]):
        for gap, time in gaps:
            parts = [part for it in left for part in within([it], gap.first, gap.until)]
            inside += [(Gap(begin, end, gap.reason), time) for begin, end in parts]
            left = without(left, [(gap.first, gap.until)])
    rows = [
        {"series": series, "first": gap.first, "until": gap.until, "reason": gap.reason, "known": time}
        for gap, time in (*outside, *inside)
    ]
    if rows:
        connection.execute(insert(table), rows)


def drop_corrupt_pages(
    connection: Connection, series: int, interval: Interval, first: int, until: int
) -> list[int]:
    """Delete the corrupt pages of `[first, until)`, which are then fetched again. Return their starts."""
    dropped = []
    while True:
        try:
            pages.load(connection, series, interval, page_start(interval, first), until)
        except CorruptPage as corrupt:
            drop_page(connection, series, interval, corrupt.start)
            dropped.append(corrupt.start)
        else:
            return dropped


def drop_page(connection: Connection, series: int, interval: Interval, start: int) -> None:
    """Delete a page with all rows about its times."""
    first, until = start, page_end(interval, start)
    page, recent, revision = tables.page.c, tables.recent.c, tables.revision.c
    connection.execute(delete(tables.page).where(page.series == series, page.start == start))
    for table, time in ((tables.recent, recent.open_time), (tables.revision, revision.open_time)):
        connection.execute(delete(table).where(table.c.series == series, time >= first, time < until))
    for ranges in (tables.coverage, tables.hole):
        chosen = and_(ranges.c.series == series, ranges.c.first < until, ranges.c.until > first)
        rows = connection.execute(ranges.select().where(chosen)).mappings().all()
        connection.execute(delete(ranges).where(chosen))
        left = [
            {**row, "first": begin, "until": end}
            for row in rows
            for begin, end in without([(row["first"], row["until"])], [(first, until)])
        ]
        if left:
            connection.execute(insert(ranges), left)
