"""The values of indicators as a table: a row for each candle, a column for each indicator."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat

import orjson

from engine.analysis.indicators import Named, Values
from engine.cache import Answer, Validity
from engine.concurrency.yielding import cooperatively
from engine.market.candles.slices import CandleSlice
from providers import Interval

ROWS_AT_ONCE = 100
"""Rows that are built and written without a pause."""


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one indicator at each candle of a table."""

    named: Named
    values: Values


@dataclass(frozen=True, slots=True)
class IndicatorTable:
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
        "warmup": {column.named.key: _warmup(column.values) for column in table.columns},
        "definitions": {column.named.key: column.named.definition for column in table.columns},
        "gaps": found.gaps,
    }
    if found.filled:
        meta["filled"] = [{"timestamp": time, "provider": provider} for time, provider in found.filled]
    if found.resampled_from:
        meta["resampledFrom"] = found.resampled_from
    return Answer.with_body(body, {**meta, **found.about}, table.validity)


def _rows(table: IndicatorTable) -> orjson.Fragment:
    """Return a row for each candle as JSON. The loops run in C; other requests run between two parts."""
    candles = table.candles.candles
    keys = ("timestamp", "close", *(column.named.key for column in table.columns))
    columns = (
        (candle.open_time for candle in candles),
        (candle.close for candle in candles),
        *(_cells(column.values) for column in table.columns),
    )
    rows = _objects(keys, zip(*columns, strict=True))
    parts = cooperatively(iter(lambda: list(islice(rows, ROWS_AT_ONCE)), []))
    written = [orjson.dumps(part)[1:-1] for part in parts]
    return orjson.Fragment(b"[" + b",".join(written) + b"]")


def _cells(values: Values) -> Iterable[object]:
    """Return the value at each candle: a number, or an object where there are several outputs."""
    columns = tuple(values.outputs.values())
    if len(columns) == 1:
        return columns[0]
    return _objects(tuple(values.outputs), zip(*columns, strict=True))


def _objects(names: Sequence[str], rows: Iterable[tuple[object, ...]]) -> Iterator[dict[str, object]]:
    return map(dict, map(zip, repeat(names), rows))


def _warmup(values: Values) -> dict[str, object]:
    return {
        "needed": values.needed,
        "used": values.used,
        "residual": values.residual,
        "stable": values.stable,
    }
