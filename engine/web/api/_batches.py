"""Batches: several answers in one, each with its own error where it failed."""

from collections.abc import Iterable, Mapping, Sequence

import orjson

from engine.cache.answers import Answer, Table, Validity
from engine.concurrency.yielding import cooperatively
from engine.errors import ApiError
from engine.market.candles.slices import COLUMNS, MORE, CandleSlice, row_of
from engine.market.indicators import IndicatorTable
from engine.market.indicators.table import names_of, values_of
from engine.web.errors import error_of
from engine.web.services import current_services


def joined(results: Sequence[Answer | ApiError], named: Sequence[Mapping[str, object]]) -> Answer:
    """Join answers and errors in their order. Raises the gravest error if all failed.

    `named` has, for each of them, the members that say what was asked for; errors are shown with these.
    """
    answers = [result for result in results if isinstance(result, Answer)]
    if not answers:
        raise max((result for result in results if isinstance(result, ApiError)), key=lambda it: it.status)
    now, made = current_services().clock(), min(answer.made for answer in answers)
    validity = Validity(
        made=made,
        lifetime=min(answer.made + answer.lifetime for answer in answers) - made,
        forwarded=any(answer.forwarded for answer in answers),
    )
    rows = [
        orjson.Fragment(result.body(now))
        if isinstance(result, Answer)
        else {**asked, "error": error_of(result)}
        for result, asked in zip(results, named, strict=True)
    ]
    return Answer.with_body({"data": rows}, {}, validity, negotiable=True)


def joined_candles(results: Sequence[CandleSlice | ApiError]) -> Answer:
    """Join series as CSV, each row with its pair and interval; series that failed are left out, as gaps.

    Raises the gravest error if all failed.
    """
    found = [result for result in results if not isinstance(result, ApiError)]
    _require(found, results)
    every = any(one.all_fields for one in found)
    names = (*COLUMNS, *MORE) if every else COLUMNS
    rows = (
        (one.symbol, one.interval.code, *row_of(candle, every).values())
        for one in found
        for candle in one.candles
    )
    return _table(("symbol", "interval", *names), rows, found, len(results) - len(found))


def joined_indicators(answers: Sequence[IndicatorTable | ApiError], asked: Sequence[object]) -> Answer:
    """Join tables of indicators as CSV, as `joined_candles` does; `asked` has the errors of wrong names."""
    results = [*answers, *(each for each in asked if isinstance(each, ApiError))]
    found = [result for result in results if not isinstance(result, ApiError)]
    _require(found, results)
    rows = ((one.candles.symbol, one.interval.code, *values) for one in found for values in values_of(one))
    names = ("symbol", "interval", *names_of(found[0]))
    return _table(names, rows, [one.candles for one in found], len(results) - len(found))


def _require(found: Sequence[object], results: Sequence[object]) -> None:
    if not found:
        raise max((one for one in results if isinstance(one, ApiError)), key=lambda it: it.status)


def _table(
    names: Sequence[str], rows: Iterable[Iterable[object]], found: Sequence[CandleSlice], failed: int
) -> Answer:
    sources = tuple(dict.fromkeys(source for one in found for source in one.sources))
    gaps = failed + sum(len(one.gaps) for one in found)
    validity = min((one.validity for one in found), key=lambda it: it.made + it.lifetime)
    return Answer.with_rows(names, cooperatively(rows), Table(sources, gaps), validity)
