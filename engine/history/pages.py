"""The pages and the recent rows of a series, read and written as columns."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, and_, delete, func, insert, select

from engine.history import columns, tables
from engine.history.columns import EMPTY, TYPES, Columns
from engine.history.errors import CorruptPage
from engine.history.series import page_end, page_start
from providers import Interval

ROWS_AT_ONCE = 500


def load(connection: Connection, series: int, interval: Interval, first: int, until: int) -> Columns:
    """Return the candles that open in `[first, until)`. Raises `CorruptPage`."""
    page = tables.page.c
    chosen = and_(
        page.series == series, page.start >= page_start(interval, first), page.start < max(until, first)
    )
    rows = connection.execute(
        select(page.start, page.data, page.checksum).where(chosen).order_by(page.start)
    ).all()
    parts = [_unpacked(series, row.start, row.data, row.checksum) for row in rows]
    joined = columns.join([*parts, load_recent(connection, series, first, until)])
    times = joined["open_time"]
    if len(times) and (times[0] < first or times[-1] >= until):
        joined = columns.take(joined, (times >= first) & (times < until))
    return joined


def _unpacked(series: int, start: int, data: bytes, checksum: int) -> Columns:
    if columns.checksum(data) != checksum:
        raise CorruptPage(series, start)
    try:
        return columns.unpack(data)
    except ValueError:
        raise CorruptPage(series, start) from None


def load_recent(connection: Connection, series: int, first: int, until: int) -> Columns:
    """Return the recent rows in `[first, until)`."""
    recent = tables.recent.c
    where = and_(recent.series == series, recent.open_time >= first, recent.open_time < until)
    return from_rows(
        connection.execute(select(tables.recent).where(where).order_by(recent.open_time)).mappings().all()
    )


def from_rows(rows: Sequence[Any]) -> Columns:
    """Return rows of a table as columns."""
    if not rows:
        return columns.empty()
    return {
        name: np.array([EMPTY.get(name) if row[name] is None else row[name] for row in rows], kind)
        for name, kind in TYPES.items()
    }


def to_rows(series: int, candles: Columns) -> list[dict[str, Any]]:
    """Return columns as rows of a table."""
    lists = columns.values(candles)
    lists["filled"] = [bool(filled) for filled in lists["filled"]]
    return [
        {"series": series, **dict(zip(lists, row, strict=True))} for row in zip(*lists.values(), strict=True)
    ]


def save_recent(connection: Connection, series: int, candles: Columns) -> None:
    """Write candles to the recent rows, and replace those with the same times."""
    rows = to_rows(series, candles)
    times = [row["open_time"] for row in rows]
    recent = tables.recent
    for at in range(0, len(times), ROWS_AT_ONCE):
        chosen = recent.c.open_time.in_(times[at : at + ROWS_AT_ONCE])
        connection.execute(delete(recent).where(recent.c.series == series, chosen))
    connection.execute(insert(recent), rows)


def count_recent(connection: Connection, series: int) -> int:
    """Return the number of recent rows."""
    query = select(func.count()).select_from(tables.recent).where(tables.recent.c.series == series)
    return connection.scalar(query) or 0


def fold(connection: Connection, series: int, interval: Interval, candles: Columns) -> None:
    """Write `candles` and the recent rows of their pages into the pages.

    A corrupt page is replaced by one with these candles and recent rows.
    """
    times = candles["open_time"]
    starts = sorted({page_start(interval, int(time)) for time in _page_samples(times, interval)})
    for start in starts:
        end = page_end(interval, start)
        try:
            kept = load(connection, series, interval, start, end)
        except CorruptPage:
            kept = load_recent(connection, series, start, end)
        new = columns.take(candles, (times >= start) & (times < end))
        _save_page(connection, series, start, columns.join([kept, new]))
        recent = tables.recent.c
        inside = and_(recent.series == series, recent.open_time >= start, recent.open_time < end)
        connection.execute(delete(tables.recent).where(inside))


def _page_samples(times: Any, interval: Interval) -> Any:
    """Return one open time of each page."""
    span = page_end(interval, 0)
    numbers = (times - interval.origin) // span
    return times[np.unique(numbers, return_index=True)[1]] if len(times) else times


def _save_page(connection: Connection, series: int, start: int, candles: Columns) -> None:
    page = tables.page
    data = columns.pack(candles)
    times = candles["open_time"]
    connection.execute(delete(page).where(page.c.series == series, page.c.start == start))
    connection.execute(
        insert(page).values(
            series=series,
            start=start,
            first=int(times[0]),
            last=int(times[-1]),
            candles=len(times),
            bytes=len(data),
            providers=",".join(str(number) for number in sorted({*candles["provider"].tolist()})),
            checksum=columns.checksum(data),
            data=data,
        )
    )
