"""Write Parquet row group by row group into memory, whose bytes are sent at once.

Importing `pyarrow` takes much memory, so that only a request for a Parquet file does it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from pyarrow import parquet

from engine.history.columns import Columns
from engine.history.exports.export import Export
from engine.history.exports.rows import COLUMNS, lists
from engine.history.series import Gap
from engine.timestamps import iso

ROWS = 50_000
"""Rows of a row group."""
TYPES = {
    "timestamp": pa.timestamp("ms", tz="UTC"),
    "trades": pa.int64(),
    "provider": pa.string(),
    "revision": pa.int32(),
    "filled": pa.bool_(),
}
"""The types of the columns without floating-point numbers."""


class Sink:
    """An endless file, whose written bytes are taken out."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0
        self.closed = False

    def write(self, data: Any) -> int:
        """Take bytes."""
        piece = bytes(data)
        self._parts.append(piece)
        self._at += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        parts, self._parts = self._parts, []
        return b"".join(parts)

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._at

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing: written bytes can still be taken out."""

    def readable(self) -> bool:
        """Return that it cannot be read."""
        return False

    def writable(self) -> bool:
        """Return that it can be written."""
        return True

    def seekable(self) -> bool:
        """Return that it has no positions."""
        return False


class ParquetFile:
    """A Parquet file. Its metadata has the series, the gaps, the providers and its `as_of`."""

    def __init__(
        self, export: Export, gaps: Sequence[Gap], labels: Mapping[int, str], sources: Sequence[str]
    ) -> None:
        self._labels = labels
        facts = {
            "series": f"{export.key}",
            "asOf": iso(export.as_of / 1000),
            "sources": sources,
            "gaps": [[gap.first, export.key.interval.after(gap.until, -1), gap.reason] for gap in gaps],
        }
        columns = [(title, TYPES.get(title, pa.float64())) for title in COLUMNS.values()]
        self._schema = pa.schema(columns, metadata={"engine": orjson.dumps(facts)})
        self._sink = Sink()
        self._file = parquet.ParquetWriter(
            pa.PythonFile(self._sink, mode="w"),
            self._schema,
            compression="zstd",
            use_dictionary=["provider", "filled", "revision"],
        )
        self._waiting: list[Any] = []
        self._rows = 0

    def head(self) -> bytes:
        """Return the first bytes."""
        return self._sink.taken()

    def rows(self, columns: Columns) -> bytes:
        """Return a row group once there are enough rows for one."""
        self._waiting.append(self._batch(columns))
        self._rows += len(columns["open_time"])
        if self._rows >= ROWS:
            self._write()
        return self._sink.taken()

    def foot(self) -> bytes:
        """Return the last row group and the footer."""
        self._write()
        self._file.close()
        return self._sink.taken()

    def _write(self) -> None:
        table = pa.Table.from_batches(self._waiting, self._schema)
        self._file.write_table(table.combine_chunks(), row_group_size=ROWS)
        self._waiting, self._rows = [], 0

    def _batch(self, columns: Columns) -> Any:
        named = {title: columns[name] for name, title in COLUMNS.items()}
        texts = lists({name: columns[name] for name in COLUMNS}, self._labels)
        arrays = [
            pa.array(
                texts[field.name]
                if field.name in ("provider", "trades")
                else _clean(named[field.name], field),
                field.type,
                from_pandas=True,
            )
            for field in self._schema
        ]
        return pa.record_batch(arrays, schema=self._schema)


def _clean(column: Any, field: Any) -> Any:
    """Return the column in the type of its field. NaN becomes null."""
    if field.name == "timestamp":
        return column.astype("datetime64[ms]")
    return column.astype(bool) if field.name == "filled" else np.ascontiguousarray(column)
