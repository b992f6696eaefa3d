"""Delete the least important candles when the archive is full."""

from sqlalchemy import Connection, and_, delete, select

from engine.history import lookup, tables
from engine.history.series import Cause, SeriesKey
from engine.history.sizes import used_bytes
from engine.history.writing import drop_page

VACUUMED = 256
"""Pages of SQLite that are given back to the disk after a deletion."""


def make_room(connection: Connection, most: int, keep: SeriesKey | None = None) -> int:
    """Delete pages until at most `most` bytes are used, and return how many bytes are used.

    Series that requests caused are deleted first, then those of jobs. Within each group the series unused for
    longest comes first, beginning with its oldest page. Series of the settings stay, and so do `keep` and the
    series of a higher cause.
    """
    used = used_bytes(connection)
    series = tables.series.c
    goes = series.cause < Cause.SETTING
    if keep is not None:
        cause_of_kept = select(series.cause).where(lookup.matches(keep)).scalar_subquery()
        goes = and_(goes, series.cause <= cause_of_kept)
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
    """Delete all rows of a series."""
    for table in tables.PARTS:
        connection.execute(delete(table).where(table.c.series == series))
    connection.execute(delete(tables.series).where(tables.series.c.id == series))


def drop(connection: Connection, key: SeriesKey) -> bool:
    """Delete a series. Return whether there was one."""
    series = lookup.series_id(connection, key)
    if series is not None:
        drop_series(connection, series)
    return series is not None


def vacuum(connection: Connection) -> None:
    """Give free space back to the disk, a little at a time. PostgreSQL does so by itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA incremental_vacuum({VACUUMED})").close()
