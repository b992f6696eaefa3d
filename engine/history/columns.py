"""Candles as columns, and columns as the bytes of a page. Pure functions on numpy arrays."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from pcodec import ChunkConfig, standalone

from engine.history.series import KeptCandle
from providers import Candle

Columns = dict[str, NDArray[Any]]
"""One array for each column, all of one length."""

TYPES: dict[str, Any] = {
    "open_time": np.int64,
    "open": np.float64,
    "high": np.float64,
    "low": np.float64,
    "close": np.float64,
    "volume": np.float64,
    "quote_volume": np.float64,
    "trades": np.int64,
    "provider": np.uint16,
    "filled": np.uint16,
    "revision": np.uint16,
    "known": np.int64,
}
FIGURES = ("open", "high", "low", "close", "volume", "quote_volume", "trades")
UNKNOWN_COUNT = -1
"""Stands for an unknown number of trades. An unknown volume is NaN."""
EMPTY = {"volume": np.nan, "quote_volume": np.nan, "trades": UNKNOWN_COUNT}
"""The value of each row in a column that a page leaves out because all of it is unknown."""

_config = ChunkConfig(compression_level=4)


def empty() -> Columns:
    """Return columns without candles."""
    return {name: np.empty(0, kind) for name, kind in TYPES.items()}


def from_candles(candles: Sequence[KeptCandle], ids: Mapping[str, int]) -> Columns:
    """Return the columns of `candles`; `ids` are those of the providers."""
    rows = [it.candle for it in candles]
    lists: dict[str, list[Any]] = {
        "open_time": [row.open_time for row in rows],
        "open": [row.open for row in rows],
        "high": [row.high for row in rows],
        "low": [row.low for row in rows],
        "close": [row.close for row in rows],
        "volume": [np.nan if row.volume is None else row.volume for row in rows],
        "quote_volume": [np.nan if row.quote_volume is None else row.quote_volume for row in rows],
        "trades": [UNKNOWN_COUNT if row.trades is None else row.trades for row in rows],
        "provider": [ids[it.provider] for it in candles],
        "filled": [it.filled for it in candles],
        "revision": [it.revision for it in candles],
        "known": [it.known for it in candles],
    }
    return {name: np.array(lists[name], kind) for name, kind in TYPES.items()}


def to_candles(columns: Columns, names: Mapping[int, str]) -> list[KeptCandle]:
    """Return the candles of `columns`; `names` are those of the providers."""
    lists = values(columns)
    figures = zip(*(lists[name] for name in ("open_time", *FIGURES)), strict=True)
    origin = zip(*(lists[name] for name in ("provider", "filled", "revision", "known")), strict=True)
    return [
        KeptCandle(Candle(*row), names[provider], bool(filled), revision, known)
        for row, (provider, filled, revision, known) in zip(figures, origin, strict=True)
    ]


def values(columns: Columns) -> dict[str, list[Any]]:
    """Return the columns as lists of Python's numbers, with `None` for unknown figures."""
    lists = {name: column.tolist() for name, column in columns.items()}
    for name, unknown in EMPTY.items():
        if unknown == UNKNOWN_COUNT:
            lists[name] = [None if count == UNKNOWN_COUNT else count for count in lists[name]]
        elif np.isnan(columns[name]).any():
            lists[name] = [None if figure != figure else figure for figure in lists[name]]
    return lists


def take(columns: Columns, chosen: NDArray[Any]) -> Columns:
    """Return the chosen rows: by a mask or by places."""
    return {name: column[chosen] for name, column in columns.items()}


def join(parts: Sequence[Columns]) -> Columns:
    """Return all rows in ascending order; of several with the same time, the one in the last part."""
    if not parts:
        return empty()
    if len(parts) == 1:
        return parts[0]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in TYPES}
    order = np.argsort(joined["open_time"], kind="stable")
    times = joined["open_time"][order]
    last = np.append(times[1:] != times[:-1], True) if len(times) else np.empty(0, bool)
    return take(joined, order[last])


def among(times: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """Return which of `times` are among `others`, which ascend.

    numpy's functions for sets import its masked arrays, which take more than a megabyte.
    """
    if not len(others):
        return np.zeros(len(times), bool)
    found: NDArray[Any] = others.take(np.searchsorted(others, times), mode="clip") == times
    return found


def changed(old: Columns, new: Columns) -> NDArray[Any]:
    """Return a mask of the rows whose figures differ. Both have the same times."""
    differs = np.zeros(len(new["open_time"]), bool)
    for name in FIGURES:
        both_unknown = (old[name] != old[name]) & (new[name] != new[name])
        differs |= (old[name] != new[name]) & ~both_unknown
    return differs


def pack(columns: Columns) -> bytes:
    """Return the bytes of a page, each column compressed.

    A column of unknown values is left out, and a column of equal values has one value.
    """
    given = {name: column for name, column in columns.items() if not _is_unknown(name, column)}
    packed = {
        name: standalone.simple_compress(np.ascontiguousarray(_shortest(column)), _config)
        for name, column in given.items()
    }
    return msgspec.msgpack.encode(packed)


def unpack(data: bytes) -> Columns:
    """Return the columns of a page. Raises `ValueError` for invalid bytes."""
    try:
        packed = msgspec.msgpack.decode(data, type=dict[str, bytes])
        columns = {name: standalone.simple_decompress(column) for name, column in packed.items()}
        length = len(columns["open_time"])
        for name, column in columns.items():
            if len(column) == 1 < length:
                columns[name] = np.full(length, column[0])
        for name, value in EMPTY.items():
            columns.setdefault(name, np.full(length, value, TYPES[name]))
        if {len(columns[name]) for name in TYPES} != {length}:
            raise ValueError("columns of different lengths")
    except (msgspec.DecodeError, RuntimeError, TypeError, KeyError) as error:
        raise ValueError(type(error).__name__) from error
    return columns


def _shortest(column: NDArray[Any]) -> NDArray[Any]:
    """Return the column, or one value if all values are equal."""
    return column[:1] if len(column) and (column == column[0]).all() else column


def checksum(data: bytes) -> int:
    """Return the CRC-32 of a page's bytes."""
    return zlib.crc32(data)


def _is_unknown(name: str, column: NDArray[Any]) -> bool:
    if name not in EMPTY:
        return False
    return bool(np.all(column == EMPTY[name] if name == "trades" else np.isnan(column)))
