"""Indicators of candles."""

from collections.abc import Callable

from flask import Blueprint, Response
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from engine.analysis.indicators import INDICATORS, Indicator
from engine.cache.answers import Answer
from engine.concurrency.yielding import cooperatively
from engine.errors import ApiError, InvalidRequest
from engine.market.indicators import IndicatorRequest, read_indicators
from engine.web.access.admission import charge
from engine.web.access.limiter import limiter
from engine.web.access.quotas import caller, quota, units
from engine.web.api._batches import joined, joined_indicators
from engine.web.api._candle_requests import INVALID, venue_of
from engine.web.api._indicator_names import pattern
from engine.web.api._tables import table
from engine.web.endpoint import endpoint
from engine.web.negotiation import is_csv
from engine.web.query import load
from engine.web.services import current_services
from providers import Interval
from schemas import (
    IndicatorListAnswer,
    IndicatorsAnswer,
    IndicatorsBatchAnswer,
    IndicatorsField,
    IndicatorsQuery,
    RequestedPair,
    TableQuery,
    shorten,
)

UNIT = 10
"""Series times indicators that count as one request."""

COLUMNS = ("name", "title", "definition", "source", "overlay", "needsVolume")
"""The columns of the list: all members of a row but its lists."""

bp = Blueprint("indicators", __name__, url_prefix="/api")


class Query(IndicatorsQuery):
    """The query, with the names of all indicators in its documentation."""

    indicators = IndicatorsField(
        pattern(),
        required=True,
        metadata={
            "description": "Names with parameters, such as `rsi:14` or `macd:12:26:9`",
            "example": "rsi:14,macd:12:26:9",
        },
    )


@bp.get("/indicators")
@bp.get("/indicators.csv", defaults={"format": "csv"})
@limiter.limit(quota("default"))
@endpoint(query=Query, answer={"oneOf": [IndicatorsAnswer, IndicatorsBatchAnswer]}, csv=True)
def get_indicators(
    symbol: RequestedPair | None,
    symbols: list[str] | None,
    interval: Interval,
    limit: int,
    indicators: list[str],
    closed_only: bool,
    source: str | None,
    form: str | None,
) -> Answer:
    """Get indicators of one pair, or of several, with how warm each of them is.

    Ten series times indicators, or part of them, count as one request of the quota; at most 100 are allowed,
    or what the tier of a key says.
    """
    if (symbol is None) == (symbols is None):
        raise InvalidRequest(INVALID, {"symbol": ["give either symbol or symbols"]})
    names = read_indicators(indicators)
    count = len(symbols or [symbol]) * len(names)
    most = caller().limits.series
    if count > most:
        raise InvalidRequest(INVALID, {"indicators": [f"{count} with all symbols exceed {most}"]})
    charge(units(count, UNIT))

    def request_of(pair: RequestedPair) -> IndicatorRequest:
        return IndicatorRequest(
            pair.symbol,
            pair.pair,
            interval,
            limit,
            names,
            closed_only,
            venue_of(pair, source),
            about=pair.about,
        )

    csv = is_csv(form)
    if symbol is None:
        return _table(symbols or [], request_of) if csv else _batch(symbols or [], interval, request_of)
    answer = current_services().market.indicators.serve(request_of(symbol), csv=csv)
    return answer if count <= UNIT else replace(answer, key="")  # the fast path counts one request


@bp.get("/indicators/list")
@bp.get("/indicators/list.csv", defaults={"format": "csv"})
@limiter.limit(quota("default"))
@endpoint(query=TableQuery, answer=IndicatorListAnswer, csv=True)
def get_list(form: str | None) -> Response | dict[str, object]:
    """Get every indicator with its parameters, outputs and definition."""
    rows = [_row(INDICATORS[name]) for name in sorted(INDICATORS)]
    return table(COLUMNS, rows) if is_csv(form) else {"success": True, "data": rows}


def _table(texts: list[str], request_of: Callable[[RequestedPair], IndicatorRequest]) -> Answer:
    """Answer for several pairs as CSV, one after the other; those that fail are left out."""
    market = current_services().market
    read = [_read(text, request_of) for text in cooperatively(texts)]
    good = [each for each in read if isinstance(each, IndicatorRequest)]
    return joined_indicators(market.batches.serve(market.indicators.table, good), read)


def _batch(
    texts: list[str], interval: Interval, request_of: Callable[[RequestedPair], IndicatorRequest]
) -> Answer:
    """Answer for several pairs. A name that means none has its error among the answers of the others."""
    market = current_services().market
    read = [_read(text, request_of) for text in cooperatively(texts)]
    good = [each for each in read if isinstance(each, IndicatorRequest)]
    answers = iter(market.batches.serve(market.indicators.serve, good))
    results = [next(answers) if isinstance(each, IndicatorRequest) else each for each in read]
    return joined(results, [{"symbol": shorten(text), "interval": interval.code} for text in texts])


def _read(text: str, request_of: Callable[[RequestedPair], IndicatorRequest]) -> IndicatorRequest | ApiError:
    try:
        return request_of(load(Query(only=("symbol",)), MultiDict({"symbol": text}), {})["symbol"])
    except ApiError as error:
        return error


def _row(indicator: Indicator) -> dict[str, object]:
    return {
        "name": indicator.name,
        "title": indicator.title,
        "parameters": [
            {
                "name": parameter.name,
                "default": parameter.default,
                "minimum": parameter.least,
                "maximum": parameter.most,
                "fractional": parameter.fractional,
            }
            for parameter in indicator.parameters
        ],
        "outputs": indicator.outputs,
        "definition": indicator.described,
        "source": indicator.source,
        "overlay": indicator.overlay,
        "needsVolume": indicator.needs_volume,
    }
