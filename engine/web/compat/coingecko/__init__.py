"""CoinGecko's API v3 for the coins of the engine.

https://docs.coingecko.com/reference/introduction
"""

from collections.abc import Iterable
from functools import partial
from itertools import chain

import orjson
from flask import Response
from marshmallow import EXCLUDE

from engine.errors import ApiError, InvalidRequest
from engine.market.prices.lists import PriceList
from engine.web import packed
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat._dialect import Failure, dialect
from engine.web.compat._translation import Origin, respond
from engine.web.compat._use_cases import overview, prices
from engine.web.compat.coingecko._candles import fit, ohlc, size
from engine.web.compat.coingecko._coins import CURRENCIES, pair
from engine.web.compat.coingecko._figures import market_rows, market_totals, ordered, simple
from engine.web.compat.coingecko._index import current_index, every_coin, listed
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from providers import Asset
from schemas.compat.coingecko import (
    CURRENCIES_ANSWER,
    OHLC_ANSWER,
    PRICES_ANSWER,
    CoinRow,
    FailureAnswer,
    GlobalAnswer,
    ListQuery,
    MarketRow,
    MarketsQuery,
    OhlcQuery,
    PingAnswer,
    PriceQuery,
)

LARGEST_PAGE = 250
"""Maximum rows on a page; larger requests get this many."""
MOST_DAYS = 1000
"""Days of a request for `max`."""


def failure(error: ApiError) -> Failure:
    """Return `{"error": "..."}` for an invalid request, and `{"status": {...}}` for other failures."""
    if isinstance(error, InvalidRequest):
        return {"error": _wrong(error)}, 422
    if error.status in (401, 429) or error.status >= 500:
        status = {"error_code": error.status, "error_message": error.message}
        return {"status": status}, error.status
    return {"error": error.message}, error.status


def _wrong(error: InvalidRequest) -> str:
    """Return the message for the first invalid parameter."""
    for name, reasons in (error.details or {}).items():
        reason = str(reasons[0] if isinstance(reasons, list) else reasons)
        return reason if reason.startswith("Missing parameter") else f"Invalid parameter {name}: {reason}"
    return error.message


bp = dialect("coingecko", "/compat/coingecko/api/v3", failure)
served = partial(endpoint, failure=FailureAnswer, failures=(404, 422), unknown=EXCLUDE)


@bp.get("/ping")
@limiter.limit(quota("default"))
@served(answer=PingAnswer)
def get_ping() -> dict[str, object]:
    """CoinGecko: get a greeting, which shows that the server runs."""
    return {"gecko_says": "(V3) To the Moon!"}


@bp.get("/coins/list")
@limiter.limit(quota("default"))
@served(query=ListQuery, answer=CoinRow, many=True)
def get_list(include_platform: bool, status: str) -> Response:
    """CoinGecko: get the ids, codes and names of all coins, with their contracts if requested."""
    current = current_services().catalogue
    candidates = current.state.candidates.get("coingecko", ())
    coins = listed(current.catalogue, candidates if include_platform else None) if status == "active" else ()
    version = current.catalogue.version, candidates if include_platform else ()
    name = f"coingecko {include_platform} {status}"
    pieces = chain([b"["], packed.rows(coins))
    head = current_services().lists.get(name, version, lambda: packed.PackedHead.of(pieces))
    return packed.respond(head, b"]")


@bp.get("/simple/supported_vs_currencies")
@limiter.limit(quota("default"))
@served(answer=CURRENCIES_ANSWER)
def get_currencies() -> list[str]:
    """CoinGecko: get the currencies of prices."""
    return list(CURRENCIES)


@bp.get("/simple/price")
@limiter.limit(quota("prices"))
@served(query=PriceQuery, answer=PRICES_ANSWER)
def get_price(
    vs_currencies: list[str],
    ids: list[str] | None,
    names: list[str] | None,
    symbols: list[str] | None,
    precision: int | None,
    **included: bool,
) -> Response:
    """CoinGecko: get the prices of coins, under their names in the request."""
    coins = current_index().chosen(ids, names, symbols)
    if coins is None:
        raise InvalidRequest("The request is not valid", {"ids": ["Missing parameter ids"]})
    currencies = [currency for currency in vs_currencies if currency in CURRENCIES]
    if not coins or not currencies:
        return _respond_without_data({name: {} for name in coins})
    lists = {currency: _prices(coins.values(), currency) for currency in currencies}
    return respond(simple(coins, lists, included, precision), *map(Origin.of, lists.values()))


def _respond_without_data(body: object) -> Response:
    """Return an answer that needs no provider."""
    return Response(orjson.dumps(body), headers={"Cache-Control": "no-store"}, mimetype="application/json")


def _prices(assets: Iterable[Asset], currency: str) -> PriceList:
    return prices([pair(asset, currency) for asset in dict.fromkeys(assets)], CURRENCIES[currency])


@bp.get("/coins/markets")
@limiter.limit(quota("prices"))
@served(query=MarketsQuery, answer=MarketRow, many=True)
def get_markets(
    vs_currency: str,
    ids: list[str] | None,
    names: list[str] | None,
    symbols: list[str] | None,
    category: str,
    order: str,
    per_page: int,
    page: int,
    sparkline: bool,
    price_change_percentage: list[str] | None,
    precision: int | None,
) -> Response:
    """CoinGecko: get a page of coins with their figures."""
    _check(vs_currency)
    if category:
        raise ApiError("category not found", code="NOT_FOUND", status=404)
    coins = current_index().chosen(ids, names, symbols)
    size = min(per_page, LARGEST_PAGE)
    assets = list(dict.fromkeys(every_coin(order) if coins is None else coins.values()))
    if len(assets) > LARGEST_PAGE:  # prices of thousands of coins would take too long
        assets, page = assets[(page - 1) * size : page * size], 1
    if not assets:
        return _respond_without_data([])
    found = _prices(assets, vs_currency)
    rows = ordered(market_rows(assets, vs_currency, found, price_change_percentage or (), precision), order)
    page_rows = rows[(page - 1) * size : page * size]
    body = [row | {"sparkline_in_7d": None} for row in page_rows] if sparkline else page_rows
    return respond(body, Origin.of(found))


def _check(currency: str) -> None:
    if currency not in CURRENCIES:
        raise ApiError("invalid vs_currency", code="INVALID_PARAMETER", status=400)


@bp.get("/coins/<coin>/ohlc")
@limiter.limit(quota("ohlcv"))
@served(query=OhlcQuery, answer=OHLC_ANSWER)
def get_ohlc(coin: str, vs_currency: str, days: str, interval: str, precision: int | None) -> Response:
    """CoinGecko: get candles with their close times; the last one is still forming."""
    asset = current_index().by_id.get(coin)
    if asset is None:
        raise ApiError("coin not found", code="NOT_FOUND", status=404)
    _check(vs_currency)
    span = MOST_DAYS if days == "max" else int(days)
    length = size(span, interval)
    if not fit(span, length):
        raise InvalidRequest("The request is not valid", {"interval": [f"too short for {days} days"]})
    now = current_services().market.now() * 1000
    rows, candles = ohlc(pair(asset, vs_currency), span, length, now, precision)
    return respond(rows, Origin.of_candles(candles))


@bp.get("/global")
@limiter.limit(quota("default"))
@served(answer=GlobalAnswer)
def get_global() -> Response:
    """CoinGecko: get the totals of the market, in dollars."""
    report = overview()
    return respond({"data": market_totals(report)}, Origin.of(report))
