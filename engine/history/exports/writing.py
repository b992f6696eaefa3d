"""Write columns as rows of text, or as Parquet."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import orjson

from engine.history.columns import Columns
from engine.history.exports.export import Export
from engine.history.exports.rows import COLUMNS, lists
from engine.history.series import Gap


class Writer(Protocol):
    """Writes one file."""

    def head(self) -> bytes:
        """Return what precedes the rows."""

    def rows(self, columns: Columns) -> bytes:
        """Return rows."""

    def foot(self) -> bytes:
        """Return what follows the rows."""


def writer(export: Export, gaps: Sequence[Gap], names: Mapping[int, str], sources: Iterable[str]) -> Writer:
    """Return the writer for the format of `export`.

    `names` are all providers by their numbers, and `sources` those of the series.
    """
    labels = {number: export.label(name) for number, name in names.items()}
    if export.format == "parquet":
        from engine.history.exports.parquet import ParquetFile  # it takes much memory

        return ParquetFile(export, gaps, labels, sorted(map(export.label, sources)))
    return CsvFile(labels) if export.format == "csv" else NdjsonFile(labels)


class CsvFile:
    """RFC 4180 with a header line; an unknown figure is an empty field, numbers are as in JSON."""

    def __init__(self, labels: Mapping[int, str]) -> None:
        self._labels = labels

    def head(self) -> bytes:
        """Return the header line."""
        return ",".join(COLUMNS.values()).encode() + b"\r\n"

    def rows(self, columns: Columns) -> bytes:
        """Return a line for each candle. No field holds a comma, a quote or a line break."""
        rows = list(zip(*lists(columns, self._labels).values(), strict=True))
        if not rows:
            return b""
        text = orjson.dumps(rows)[2:-2].replace(b"],[", b"\r\n").replace(b'"', b"").replace(b"null", b"")
        return text + b"\r\n"

    def foot(self) -> bytes:
        """Return nothing."""
        return b""


class NdjsonFile:
    """One JSON object a line."""

    def __init__(self, labels: Mapping[int, str]) -> None:
        self._labels = labels

    def head(self) -> bytes:
        """Return nothing."""
        return b""

    def rows(self, columns: Columns) -> bytes:
        """Return a line for each candle. No text holds a brace."""
        found = lists(columns, self._labels)
        rows = [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)]
        return orjson.dumps(rows)[1:-1].replace(b"},{", b"}\n{") + b"\n" if rows else b""

    def foot(self) -> bytes:
        """Return nothing."""
        return b""
