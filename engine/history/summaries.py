"""Summaries of the kept series."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, func, select

from engine.history import lookup, tables
from engine.history.reading import coverage
from engine.history.series import Cause, SeriesKey, SeriesSummary
from engine.history.sizes import ROW_BYTES, is_new


def summaries(connection: Connection) -> list[SeriesSummary]:
    """Return a summary of every series with candles, in the order of their names."""
    names = lookup.provider_names(connection)
    rows = connection.execute(select(tables.series)).all()
    found = (_summary(connection, row, names) for row in rows)
    return sorted((it for it in found if it is not None), key=lambda it: it.key)


def extent(connection: Connection, key: SeriesKey) -> tuple[int, int] | None:
    """Return the open time of the first candle and the end of the last one, `None` without candles."""
    series = lookup.series_id(connection, key)
    edges = None if series is None else _edges(connection, series)
    return None if edges is None else (edges[0], key.interval.after(edges[1]))


def series_providers(connection: Connection, key: SeriesKey) -> Collection[str]:
    """Return the names of the providers that gave candles of a series."""
    series = lookup.series_id(connection, key)
    if series is None:
        return ()
    return set(_providers(connection, series, lookup.provider_names(connection)))


def _edges(connection: Connection, series: int) -> tuple[int, int] | None:
    """Return the open times of the first and the last candle."""
    page, recent = tables.page.c, tables.recent.c
    pages = connection.execute(
        select(func.min(page.first), func.max(page.last)).where(page.series == series)
    ).one()
    rows = connection.execute(
        select(func.min(recent.open_time), func.max(recent.open_time)).where(recent.series == series)
    ).one()
    times = [time for time in (*pages, *rows) if time is not None]
    return (min(times), max(times)) if times else None


def _summary(connection: Connection, row: object, names: dict[int, str]) -> SeriesSummary | None:
    page, recent, hole = tables.page.c, tables.recent.c, tables.hole.c
    series = row.id  # type: ignore[attr-defined]
    key = SeriesKey(row.coin, row.quote, row.interval)  # type: ignore[attr-defined]
    pages = connection.execute(
        select(func.min(page.first), func.max(page.last), func.sum(page.candles), func.sum(page.bytes)).where(
            page.series == series
        )
    ).one()
    rows = connection.execute(
        select(func.min(recent.open_time), func.max(recent.open_time), func.count()).where(
            recent.series == series, is_new()
        )
    ).one()
    edges = [time for time in (pages[0], pages[1], rows[0], rows[1]) if time is not None]
    if not edges:
        return None
    first, last = min(edges), max(edges)
    asked = coverage(connection, series, first, last + 1)
    holes = connection.scalar(
        select(func.count())
        .select_from(tables.hole)
        .where(hole.series == series, hole.first < last, hole.until > first)
    )
    return SeriesSummary(
        key=key,
        first=first,
        last=last,
        candles=int(pages[2] or 0) + rows[2],
        bytes=int(pages[3] or 0) + ROW_BYTES * rows[2],
        gaps=(holes or 0) + max(0, len(asked) - 1),
        providers=tuple(sorted(_providers(connection, series, names))),
        cause=Cause(row.cause),  # type: ignore[attr-defined]
        used=row.used,  # type: ignore[attr-defined]
    )


def _providers(connection: Connection, series: int, names: dict[int, str]) -> Iterable[str]:
    page, recent = tables.page.c, tables.recent.c
    lists = connection.scalars(select(page.providers).where(page.series == series).distinct()).all()
    single = connection.scalars(select(recent.provider).where(recent.series == series).distinct()).all()
    numbers = {int(number) for listed in lists for number in listed.split(",")} | set(single)
    return (names[number] for number in numbers)
