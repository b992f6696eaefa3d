"""The size of the archive, and who goes first when it is full."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, func, or_, select

from engine.history import lookup, tables
from engine.history.job import OPEN, Job
from engine.history.ranges import Range, union, without
from engine.history.reading import coverage
from engine.history.series import Cause, SeriesKey, Sizes
from engine.history.writing import drop_page

ROW_BYTES = 110
"""What a recent row or a revision takes in the database."""
SERIES_BYTES = 200
"""What a series takes beside its candles."""
CANDLE_BYTES = 10
"""What a candle takes in a page."""
VACUUMED = 256
"""Pages of SQLite that are given back to the disk after a deletion."""


def used_bytes(connection: Connection) -> int:
    """Return the bytes of everything that is kept."""
    pages = connection.scalar(select(func.sum(tables.page.c.bytes))) or 0
    rows = _count(connection, tables.recent) + _count(connection, tables.revision)
    series = _count(connection, tables.series)
    return int(pages) + ROW_BYTES * rows + SERIES_BYTES * series


def sizes(connection: Connection) -> Sizes:
    """Return how much is kept."""
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
    """Return the condition for recent rows whose candle is in no page: others are corrections of one."""
    recent, page = tables.recent.c, tables.page.c
    inside = and_(page.series == recent.series, page.first <= recent.open_time, page.last >= recent.open_time)
    return or_(recent.revision == 0, ~exists().where(inside))


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def lasting_bytes(connection: Connection) -> int:
    """Return the bytes of series that do not go before those of a job."""
    page, series = tables.page.c, tables.series.c
    lasting = select(series.id).where(series.cause >= Cause.JOB)
    return int(connection.scalar(select(func.sum(page.bytes)).where(page.series.in_(lasting))) or 0)


def wanted_bytes(connection: Connection, jobs: Iterable[Job]) -> int:
    """Return the bytes of all candles that `jobs` have still to find."""
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


def make_room(connection: Connection, most: int, keep: SeriesKey | None = None) -> int:
    """Delete pages until at most `most` bytes are used, and return how many are used then.

    Series that requests caused go first, then those of jobs; among these the one unused for longest, its
    oldest page first. Series of the settings stay, and so do `keep` and those that would go after it.
    """
    used = used_bytes(connection)
    series = tables.series.c
    goes = series.cause < Cause.SETTING
    if keep is not None:
        own = select(series.cause).where(lookup.matches(keep)).scalar_subquery()
        goes = and_(goes, series.cause <= own)
    order = select(tables.series).where(goes).order_by(series.cause, series.used)
    for row in connection.execute(order).all() if used > most else ():
        key = SeriesKey(row.coin, row.quote, row.interval)
        if key != keep:
            used = _shrink(connection, row.id, key, used, most)
        if used <= most:
            break
    return used


def _shrink(connection: Connection, series: int, key: SeriesKey, used: int, most: int) -> int:
    """Delete the oldest pages of a series, and the series itself with the last one."""
    page = tables.page.c
    rows = connection.execute(
        select(page.start, page.bytes).where(page.series == series).order_by(page.start)
    ).all()
    for row in rows:
        if used <= most:
            return used
        drop_page(connection, series, key.interval, row.start)
        used -= row.bytes
    if used > most:
        drop_series(connection, series)
    return used_bytes(connection)


def drop_series(connection: Connection, series: int) -> None:
    """Delete everything that is kept of a series."""
    for table in tables.PARTS:
        connection.execute(delete(table).where(table.c.series == series))
    connection.execute(delete(tables.series).where(tables.series.c.id == series))


def drop(connection: Connection, key: SeriesKey) -> bool:
    """Delete a series. Return whether anything was kept of it."""
    series = lookup.series_id(connection, key)
    if series is not None:
        drop_series(connection, series)
    return series is not None


def vacuum(connection: Connection) -> None:
    """Give free space back to the disk, a little at a time. PostgreSQL does so by itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA incremental_vacuum({VACUUMED})").close()
