"""TradingView's UDF, as its charting library's adapter asks for it.

https://www.tradingview.com/charting-library-docs/latest/connecting_data/UDF
"""

from collections.abc import Mapping
from functools import partial

from flask import Response
from marshmallow import EXCLUDE

from engine.errors import ApiError
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat._asking import prices
from engine.web.compat._dialect import Told, dialect
from engine.web.compat._translation import Origin, respond
from engine.web.compat.udf._bars import Span, bars
from engine.web.compat.udf._pairs import EXCHANGE, KIND, described, search
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from providers import Interval
from schemas import RequestedPair
from schemas.compat.udf import (
    FOUND_ANSWER,
    HISTORY_ANSWER,
    MARKS_ANSWER,
    RESOLUTIONS,
    SYMBOL_ANSWER,
    TIME_ANSWER,
    UdfConfigAnswer,
    UdfFailureAnswer,
    UdfHistoryQuery,
    UdfSearchQuery,
    UdfSymbolsQuery,
)

IN_THE_BODY = {400, 422, 503}
"""Failures that the protocol tells in the body alone; the others are HTTP's own."""


def tell(error: ApiError) -> Told:
    """`{"s": "error", "errmsg": "..."}`. A pair that is not known is `unknown_symbol`, the library's word."""
    message = "unknown_symbol" if error.code == "INVALID_SYMBOL" else error.message
    if error.details:
        message = f"{message} ({_listed(error.details)})"
    return {"s": "error", "errmsg": message}, 200 if error.status in IN_THE_BODY else error.status


def _listed(details: Mapping[str, object]) -> str:
    reasons = {name: why if isinstance(why, list) else [why] for name, why in details.items()}
    return "; ".join(f"{name}: {', '.join(map(str, why))}" for name, why in reasons.items())


bp = dialect("udf", "/udf", tell)
served = partial(endpoint, failure=UdfFailureAnswer, unknown=EXCLUDE)


@bp.get("/config")
@limiter.limit(quota("default"))
@served(answer=UdfConfigAnswer)
def get_config() -> dict[str, object]:
    """TradingView: what the data feed can do."""
    return {
        "supported_resolutions": list(RESOLUTIONS),
        "supports_search": True,
        "supports_group_request": False,
        "supports_marks": False,
        "supports_timescale_marks": False,
        "supports_time": True,
        "exchanges": [{"value": EXCHANGE, "name": EXCHANGE, "desc": "Whichever provider answers"}],
        "symbols_types": [{"value": KIND, "name": "Crypto"}],
    }


@bp.get("/time")
@limiter.limit(quota("default"))
@served(answer=TIME_ANSWER)
def get_time() -> object:
    """TradingView: the server's time in seconds, as plain text."""
    return Response(
        f"{current_services().market.now()}", headers={"Cache-Control": "no-store"}, mimetype="text/plain"
    )


@bp.get("/marks")
@bp.get("/timescale_marks", endpoint="get_timescale_marks")
@limiter.limit(quota("default"))
@served(answer=MARKS_ANSWER)
def get_marks() -> list[object]:
    """TradingView: marks on bars, of which there are none."""
    return []


@bp.get("/search")
@limiter.limit(quota("default"))
@served(query=UdfSearchQuery, answer=FOUND_ANSWER)
def get_search(query: str, kind: str, exchange: str, limit: int) -> list[dict[str, object]]:
    """TradingView: pairs by what a user types."""
    if kind not in ("", KIND) or exchange not in ("", EXCHANGE):
        return []
    return search(query)[:limit]


@bp.get("/symbols")
@limiter.limit(quota("default"))
@served(query=UdfSymbolsQuery, answer=SYMBOL_ANSWER)
def get_symbol(symbol: RequestedPair) -> dict[str, object]:
    """TradingView: what has to be known of a pair to draw it."""
    return described(symbol, _price(symbol))


def _price(coin: RequestedPair) -> float | None:
    """About what it costs. A pair without a price is known all the same, and an error would deny that."""
    try:
        found = prices([coin], coin.pair.quote)
    except ApiError:
        return None
    return found.coins[0].price if found.coins else None


@bp.get("/history")
@limiter.limit(quota("ohlcv"))
@served(query=UdfHistoryQuery, answer=HISTORY_ANSWER)
def get_history(
    symbol: RequestedPair, resolution: Interval, start: int | None, end: int | None, countback: int | None
) -> Response:
    """TradingView: bars, the newest 1000 of what is asked for at most."""
    now = current_services().market.now() * 1000
    body, candles = bars(symbol, resolution, Span.of(resolution, start, end, countback, now), now)
    return respond(body, Origin.of_candles(candles))
