"""The values of indicators as a table: a row for each candle, a column for each indicator."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.analysis.indicators import Named, Values
from engine.cache import Answer, Validity
from engine.concurrency.yielding import cooperatively
from engine.market.candles.slices import CandleSlice
from providers import Interval


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
        "data": list(cooperatively(_rows(table))),
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
    return Answer.with_body(body, meta, table.validity)


def _rows(table: IndicatorTable) -> Iterator[dict[str, object]]:
    keys = [column.named.key for column in table.columns]
    cells = zip(*(_cells(column.values) for column in table.columns), strict=True)
    for candle, values in zip(table.candles.candles, cells, strict=True):
        yield {
            "timestamp": candle.open_time,
            "close": candle.close,
            **dict(zip(keys, values, strict=True)),
        }


def _cells(values: Values) -> Iterator[object]:
    """Yield the value at each candle: a number, or an object where there are several outputs."""
    names, columns = tuple(values.outputs), tuple(values.outputs.values())
    if len(columns) == 1:
        yield from columns[0]
    else:
        yield from (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def _warmup(values: Values) -> dict[str, object]:
    return {
        "needed": values.needed,
        "used": values.used,
        "residual": values.residual,
        "stable": values.stable,
    }
