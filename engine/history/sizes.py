"""How much the archive takes, and how much jobs will take."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, or_, select

from engine.history import lookup, tables
from engine.history.job import OPEN, Job
from engine.history.ranges import Range, union, without
from engine.history.reading import coverage
from engine.history.series import Cause, SeriesKey, Sizes

ROW_BYTES = 110
"""Approximate bytes of a recent row or a revision in the database."""
SERIES_BYTES = 200
"""Approximate bytes of a series besides its candles."""
CANDLE_BYTES = 10
"""Approximate bytes of a candle in a page."""


def used_bytes(connection: Connection) -> int:
    """Return the bytes of all series."""
    pages = connection.scalar(select(func.sum(tables.page.c.bytes))) or 0
    rows = _count(connection, tables.recent) + _count(connection, tables.revision)
    series = _count(connection, tables.series)
    return int(pages) + ROW_BYTES * rows + SERIES_BYTES * series


def sizes(connection: Connection) -> Sizes:
    """Return the sizes of the archive."""
    job, recent = tables.job, tables.recent
    folded = connection.scalar(select(func.sum(tables.page.c.candles))) or 0
    new = select(func.count()).select_from(recent).where(is_new())
    going = select(func.count()).select_from(job).where(job.c.state.in_(OPEN))
    return Sizes(
        series=_count(connection, tables.series),
        candles=int(folded) + (connection.scalar(new) or 0),
        bytes=used_bytes(connection),
        holes=_count(connection, tables.hole),
        jobs=connection.scalar(going) or 0,
    )


def is_new() -> ColumnElement[bool]:
    """Return the condition for recent rows whose candle is in no page. The others correct one in a page."""
    recent, page = tables.recent.c, tables.page.c
    inside = and_(page.series == recent.series, page.first <= recent.open_time, page.last >= recent.open_time)
    return or_(recent.revision == 0, ~exists().where(inside))


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def lasting_bytes(connection: Connection) -> int:
    """Return the bytes of the series that are deleted no earlier than those of a job."""
    page, series = tables.page.c, tables.series.c
    lasting = select(series.id).where(series.cause >= Cause.JOB)
    return int(connection.scalar(select(func.sum(page.bytes)).where(page.series.in_(lasting))) or 0)


def wanted_bytes(connection: Connection, jobs: Iterable[Job]) -> int:
    """Return the bytes of all candles that `jobs` still have to fetch."""
    parts: dict[SeriesKey, list[Range]] = {}
    for job in jobs:
        parts.setdefault(job.key, []).append((job.at, job.until))
    candles = 0
    for key, ranges in parts.items():
        series = lookup.series_id(connection, key)
        for first, until in union(ranges):
            asked = [] if series is None else coverage(connection, series, first, until)
            candles += sum(
                key.interval.count(begin, end - 1) for begin, end in without([(first, until)], asked)
            )
    return CANDLE_BYTES * candles
