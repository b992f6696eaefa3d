"""The values of indicators as a table: a row for each candle, a column for each indicator."""

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec
import orjson

from engine.analysis.indicators import RequestedIndicator, Values
from engine.cache import Answer, Validity
from engine.cache.answers import Table
from engine.concurrency.yielding import cooperatively
from engine.market.candles.slices import CandleSlice
from providers import Interval

ROWS_AT_ONCE = 100
"""Rows that are written between two pauses."""


class Column(msgspec.Struct, frozen=True):
    """The values of one indicator at each candle of a table."""

    indicator: RequestedIndicator
    values: Values


class IndicatorTable(msgspec.Struct, frozen=True):
    """Indicators at ascending candles of one pair; `candles` are those of the answer, without the warm-up."""

    candles: CandleSlice
    columns: tuple[Column, ...]

    @property
    def validity(self) -> Validity:
        """The age of the newest candles."""
        return self.candles.validity

    @property
    def interval(self) -> Interval:
        """The length of the candles."""
        return self.candles.interval

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        cells = sum(len(column.values.outputs) for column in self.columns) * len(self.candles.candles)
        return self.candles.weight + 32 * cells


def answer(table: IndicatorTable) -> Answer:
    """Build the answer to send."""
    found = table.candles
    body = {
        "symbol": found.symbol,
        "interval": found.interval.code,
        "count": len(found.candles),
        "source": found.source,
        "data": _rows(table),
    }
    meta: dict[str, object] = {
        "quote": found.quote,
        "lastCandleClosed": found.last_closed,
        "warmup": {column.indicator.key: _warmup(column.values) for column in table.columns},
        "definitions": {column.indicator.key: column.indicator.definition for column in table.columns},
        "gaps": found.gaps,
    }
    if found.filled:
        meta["filled"] = [{"timestamp": time, "provider": provider} for time, provider in found.filled]
    if found.resampled_from:
        meta["resampledFrom"] = found.resampled_from
    return Answer.with_body(body, {**meta, **found.about}, table.validity, negotiable=True)


def csv_answer(table: IndicatorTable) -> Answer:
    """Build the answer to send as CSV."""
    found = table.candles
    described = Table(tuple(dict.fromkeys(found.sources)), len(found.gaps), found.quote)
    return Answer.with_rows(names_of(table), cooperatively(values_of(table)), described, table.validity)


def names_of(table: IndicatorTable) -> list[str]:
    """Return the names of a table's columns: each output of an indicator with several has its own."""
    names = ["timestamp", "close"]
    for column in table.columns:
        outputs = column.values.outputs
        key = column.indicator.key
        names += [key] if len(outputs) == 1 else [f"{key}:{output}" for output in outputs]
    return names


def values_of(table: IndicatorTable) -> Iterator[tuple[float | None, ...]]:
    """Yield the values of a table's columns at each candle."""
    candles = table.candles.candles
    outputs = (output for column in table.columns for output in column.values.outputs.values())
    yield from zip(
        [candle.open_time for candle in candles],
        [candle.close for candle in candles],
        *outputs,
        strict=True,
    )


def last_row(table: IndicatorTable) -> dict[str, object]:
    """Return the row of the newest candle, as answers have it. The table has at least one candle."""
    newest = table.candles.candles[-1]
    row: dict[str, object] = {"timestamp": newest.open_time, "close": newest.close}
    for column in table.columns:
        outputs = {name: values[-1] for name, values in column.values.outputs.items()}
        row[column.indicator.key] = outputs if len(outputs) > 1 else next(iter(outputs.values()))
    return row


def _rows(table: IndicatorTable) -> orjson.Fragment:
    """Return a row for each candle as JSON. Whole columns are serialised, and then combined to rows.

    The loops run in C, with pauses for other requests.
    """
    candles = table.candles.candles
    columns: list[Sequence[float | None]] = [
        [candle.open_time for candle in candles],
        [candle.close for candle in candles],
        *(output for column in table.columns for output in column.values.outputs.values()),
    ]
    cells = [_cells(column) for column in cooperatively(columns)]
    rows = map(_row(table.columns).__mod__, zip(*cells, strict=True))
    parts = cooperatively(iter(lambda: b",".join(islice(rows, ROWS_AT_ONCE)), b""))
    return orjson.Fragment(b"[" + b",".join(parts) + b"]")


def _cells(column: Sequence[float | None]) -> list[bytes]:
    """Return the numbers of a column as JSON."""
    return orjson.dumps(column)[1:-1].split(b",") if column else []


def _row(columns: Sequence[Column]) -> bytes:
    """Return a row as JSON with a place for each number: an object where an indicator has several outputs."""
    members = [b'"timestamp":%b', b'"close":%b']
    for column in columns:
        names = column.values.outputs
        value = (
            b"%b" if len(names) == 1 else b"{%b}" % b",".join(orjson.dumps(name) + b":%b" for name in names)
        )
        members.append(orjson.dumps(column.indicator.key) + b":" + value)
    return b"{" + b",".join(members) + b"}"


def _warmup(values: Values) -> dict[str, object]:
    return {
        "needed": values.needed,
        "used": values.used,
        "residual": values.residual,
        "stable": values.stable,
    }
