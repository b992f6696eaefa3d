"""The numbers of series and providers in the database."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, bindparam, insert, select

from engine.history import tables
from engine.history.series import Cause, SeriesKey


def series_id(connection: Connection, key: SeriesKey) -> int | None:
    """Return the number of a series, `None` if the history does not have it."""
    return connection.scalar(select(tables.series.c.id).where(matches(key)))


def ensure_series(connection: Connection, key: SeriesKey, cause: Cause, now: float) -> int:
    """Return the number of a series; add a new one. A higher cause replaces a lower one."""
    row = connection.execute(
        select(tables.series.c.id, tables.series.c.cause).where(matches(key))
    ).one_or_none()
    if row is None:
        values = {"coin": key.coin, "quote": key.quote, "interval": key.code, "cause": cause, "used": now}
        added = connection.execute(insert(tables.series).values(values))
        (number,) = added.inserted_primary_key or (None,)
        return int(number)  # type: ignore[arg-type]
    connection.execute(
        tables.series.update()
        .where(tables.series.c.id == row.id)
        .values(used=now, cause=max(cause, row.cause))
    )
    return int(row.id)


def touch(connection: Connection, keys: Iterable[SeriesKey], now: float) -> None:
    """Note that series, one or more, were read at `now` (Unix seconds), with one statement."""
    each = _is(bindparam("its_coin"), bindparam("its_quote"), bindparam("its_interval"))
    rows = [{"its_coin": key.coin, "its_quote": key.quote, "its_interval": key.code} for key in keys]
    connection.execute(tables.series.update().where(each).values(used=now), rows)


def matches(key: SeriesKey) -> ColumnElement[bool]:
    """Return the condition for the row of a series."""
    return _is(key.coin, key.quote, key.code)


def _is(coin: object, quote: object, code: object) -> ColumnElement[bool]:
    columns = tables.series.c
    return and_(columns.coin == coin, columns.quote == quote, columns.interval == code)


def provider_names(connection: Connection) -> dict[int, str]:
    """Return the names of all providers by their numbers."""
    rows = connection.execute(select(tables.providers.c.id, tables.providers.c.name))
    return {row.id: row.name for row in rows}


def ensure_providers(connection: Connection, names: set[str]) -> dict[str, int]:
    """Return the numbers of all providers by their names. New `names` are added."""
    known = {name: number for number, name in provider_names(connection).items()}
    for name in sorted(names - known.keys()):
        added = connection.execute(insert(tables.providers).values(name=name))
        (number,) = added.inserted_primary_key or (None,)
        known[name] = int(number)  # type: ignore[arg-type]
    return known
