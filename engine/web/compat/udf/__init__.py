"""TradingView's UDF protocol, as the adapter of its charting library uses it.

https://www.tradingview.com/charting-library-docs/latest/connecting_data/UDF
"""

from collections.abc import Mapping
from functools import partial

from flask import Response
from marshmallow import EXCLUDE

from engine.errors import ApiError
from engine.market.prices import CURRENCIES
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat._dialect import Failure, dialect
from engine.web.compat._translation import Origin, respond, unkept
from engine.web.compat._use_cases import prices
from engine.web.compat.udf._bars import Span, bars
from engine.web.compat.udf._pairs import EXCHANGE, KIND, described, found_row
from engine.web.compat.udf._quotes import quotes
from engine.web.compat.udf._search import find
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from providers import Interval
from schemas import RequestedPair
from schemas.compat.udf import (
    FOUND_ANSWER,
    HISTORY_ANSWER,
    MARKS_ANSWER,
    QUOTES_ANSWER,
    RESOLUTIONS,
    SYMBOL_ANSWER,
    TIME_ANSWER,
    UdfConfigAnswer,
    UdfFailureAnswer,
    UdfHistoryQuery,
    UdfQuotesQuery,
    UdfSearchQuery,
    UdfSymbolsQuery,
)

MOST_FOUND = 100
"""Pairs of the longest answer to a search."""
UNKNOWN = {"INVALID_SYMBOL", "AMBIGUOUS_SYMBOL", "RENAMED_SYMBOL"}
"""Failures for which the library shows that there is no such pair."""
IN_THE_BODY = {400, 422, 503}
"""Failures that the protocol reports with status 200; the others keep their status."""


def failure(error: ApiError) -> Failure:
    """Return `{"s": "error", "errmsg": "..."}`. For an unknown pair, the library expects `unknown_symbol`."""
    message = "unknown_symbol" if error.code in UNKNOWN else error.message
    if error.details:
        message = f"{message} ({_listed(error.details)})"
    return {"s": "error", "errmsg": message}, 200 if error.status in IN_THE_BODY else error.status


def _listed(details: Mapping[str, object]) -> str:
    """Return the reasons by parameter or provider, without the objects about names."""
    lists = {name: why if isinstance(why, list) else [why] for name, why in details.items()}
    texts = {name: [one for one in why if isinstance(one, str)] for name, why in lists.items()}
    return "; ".join(f"{name}: {', '.join(why)}" for name, why in texts.items() if why)


bp = dialect("udf", "/udf", failure)
served = partial(endpoint, failure=UdfFailureAnswer, unknown=EXCLUDE)


@bp.get("/config")
@limiter.limit(quota("default"))
@served(answer=UdfConfigAnswer)
def get_config() -> dict[str, object]:
    """TradingView: get the abilities of the data feed."""
    return {
        "supported_resolutions": list(RESOLUTIONS),
        "supports_search": True,
        "supports_group_request": False,
        "supports_marks": False,
        "supports_timescale_marks": False,
        "supports_time": True,
        "exchanges": [
            {"value": EXCHANGE, "name": EXCHANGE, "desc": "The provider that answers"},
            *({"value": venue, "name": venue, "desc": f"Pairs that {venue} trades"} for venue in _venues()),
        ],
        "symbols_types": [{"value": KIND, "name": "Crypto"}],
    }


def _venues() -> list[str]:
    return sorted(current_services().catalogue.state.listings)


@bp.get("/time")
@limiter.limit(quota("default"))
@served(answer=TIME_ANSWER)
def get_time() -> object:
    """TradingView: get the server's time in seconds, as plain text."""
    return Response(
        f"{current_services().market.now()}", headers={"Cache-Control": "no-store"}, mimetype="text/plain"
    )


@bp.get("/marks")
@bp.get("/timescale_marks", endpoint="get_timescale_marks")
@limiter.limit(quota("default"))
@served(answer=MARKS_ANSWER)
def get_marks() -> list[object]:
    """TradingView: get the marks on bars; the list is always empty."""
    return []


@bp.get("/search")
@limiter.limit(quota("default"))
@served(query=UdfSearchQuery, answer=FOUND_ANSWER)
def get_search(query: str, kind: str, exchange: str, limit: int) -> list[dict[str, object]]:
    """TradingView: get the pairs that match a user's text."""
    current = current_services().catalogue
    venue = None if exchange in ("", EXCHANGE) else exchange.lower()
    if kind not in ("", KIND) or (venue is not None and venue not in current.state.listings):
        return []
    pairs = find(query, current.search, current.state.volumes, min(limit, MOST_FOUND), venue)
    return [found_row(pair) for pair in pairs]


@bp.get("/symbols")
@limiter.limit(quota("default"))
@served(query=UdfSymbolsQuery, answer=SYMBOL_ANSWER)
def get_symbol(symbol: RequestedPair) -> dict[str, object]:
    """TradingView: get the properties of a pair that a chart needs."""
    catalogue = current_services().catalogue.catalogue
    quote = symbol.pair.quote.removeprefix("@")
    listed = catalogue.coin(catalogue.names.coins.get(quote, quote))
    markets = catalogue.served(symbol.pair.base.id, listed.coin.id) if listed else []
    tick = min((market.listed.tick for market in markets if market.listed.tick), default=None)
    name = listed.coin.name if listed and listed.coin.name else quote
    return described(symbol, name, tick, None if tick else _price(symbol))


def _price(coin: RequestedPair) -> float | None:
    """Return the current price; `None` where it fails, because the pair is valid without a price."""
    if coin.pair.quote not in CURRENCIES:
        return None
    try:
        found = prices([coin], coin.pair.quote)
    except ApiError:
        return None
    return found.coins[0].price if found.coins else None


@bp.get("/quotes")
@limiter.limit(quota("prices"))
@served(query=UdfQuotesQuery, answer=QUOTES_ANSWER)
def get_quotes(symbols: list[str]) -> Response:
    """TradingView: get the prices of pairs and their last 24 hours."""
    rows, origins = quotes(symbols)
    return respond({"s": "ok", "d": rows}, *origins) if origins else unkept({"s": "ok", "d": rows})


@bp.get("/history")
@limiter.limit(quota("ohlcv"))
@served(query=UdfHistoryQuery, answer=HISTORY_ANSWER)
def get_history(
    symbol: RequestedPair, resolution: Interval, start: int | None, end: int | None, countback: int | None
) -> Response:
    """TradingView: get bars, at most the newest 1000 of the request."""
    now = current_services().market.now() * 1000
    body, candles = bars(symbol, resolution, Span.of(resolution, start, end, countback, now), now)
    return respond(body, Origin.of_candles(candles))
