"""Indicators of candles."""

from dataclasses import replace

from flask import Blueprint

from engine.analysis.indicators import INDICATORS, Indicator
from engine.cache.answers import Answer
from engine.errors import InvalidRequest
from engine.market.indicators import IndicatorRequest, read_indicators
from engine.web.access.admission import charge
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota, units
from engine.web.api._batches import joined
from engine.web.api._candle_requests import INVALID, venue_of
from engine.web.api._indicator_names import pattern
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from providers import Interval
from schemas import (
    IndicatorListAnswer,
    IndicatorsAnswer,
    IndicatorsBatchAnswer,
    IndicatorsField,
    IndicatorsQuery,
    RequestedPair,
)

MOST = 100
"""Series times indicators of one request."""
UNIT = 10
"""Series times indicators that count as one request."""
bp = Blueprint("indicators", __name__, url_prefix="/api/indicators")


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


@bp.get("")
@limiter.limit(quota("default"))
@endpoint(query=Query, answer={"oneOf": [IndicatorsAnswer, IndicatorsBatchAnswer]})
def get_indicators(
    symbol: RequestedPair | None,
    symbols: list[RequestedPair] | None,
    interval: Interval,
    limit: int,
    indicators: list[str],
    closed_only: bool,
    source: str | None,
) -> Answer:
    """Get indicators of one pair, or of several, with how warm each of them is.

    Ten series times indicators, or part of them, count as one request of the quota; at most 100 are allowed.
    """
    if (symbol is None) == (symbols is None):
        raise InvalidRequest(INVALID, {"symbol": ["give either symbol or symbols"]})
    names = read_indicators(indicators)
    pairs = symbols or ([] if symbol is None else [symbol])
    count = len(pairs) * len(names)
    if count > MOST:
        raise InvalidRequest(
            INVALID, {"indicators": [f"{len(pairs)} symbols times {len(names)} exceeds {MOST}"]}
        )
    charge(units(count, UNIT))
    requests = [
        IndicatorRequest(pair.symbol, pair.pair, interval, limit, names, closed_only, venue_of(pair, source))
        for pair in pairs
    ]
    market = current_services().market
    if symbols is not None:
        named = [{"symbol": each.symbol, "interval": interval.code} for each in requests]
        return joined(market.indicators.serve_all(requests), named)
    answer = market.indicators.serve(requests[0])
    return answer if count <= UNIT else replace(answer, key="")  # the fast path counts one request


@bp.get("/list")
@limiter.limit(quota("default"))
@endpoint(answer=IndicatorListAnswer)
def get_list() -> dict[str, object]:
    """Get every indicator with its parameters, outputs and definition."""
    return {"success": True, "data": [_row(INDICATORS[name]) for name in sorted(INDICATORS)]}


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
