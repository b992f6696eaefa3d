"""Lists of rows as CSV, with the headers that every CSV has."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Response

from engine.cache.answers import Table
from engine.cache.csv_table import END, csv_table
from engine.web.responses import NEGOTIATED, TABLE, described

ENGINE = ("engine",)
"""The source of what the engine says of itself."""


def table(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, object]],
    sources: Sequence[str] = ENGINE,
    age: float = 0.0,
    gaps: int = 0,
) -> Response:
    """Return rows as CSV, their `columns` alone: lists and objects within rows are left out."""
    body = csv_table(columns, ([row.get(name) for name in columns] for row in rows)) + END
    headers = [TABLE, NEGOTIATED, ("Cache-Control", "no-store")]
    return Response(body, headers=[*headers, *described(Table(tuple(sources), gaps), age, stale=False)])
