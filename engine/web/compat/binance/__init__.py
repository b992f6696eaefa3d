"""Binance's public market data: https://developers.binance.com/docs/binance-spot-api-docs/rest-api.

`exchangeInfo` has every market whose coins are known; prices and candles are those against tether. A missing
figure is left out of objects, and is Binance's neutral value in arrays; `X-Data-Missing` names it in both.
`X-Data-Estimated` names figures that are derived from candles, because no provider has every trade.
"""

from collections.abc import Sequence
from itertools import chain

import orjson
from flask import Response

from engine.catalogue.joined import joined_markets
from engine.errors import InvalidRequest
from engine.market.prices.lists import CoinPrice, PriceList
from engine.web import packed
from engine.web.access.limiter import limiter
from engine.web.access.quotas import caller, quota
from engine.web.compat import _use_cases
from engine.web.compat._dialect import dialect
from engine.web.compat._translation import Origin, received, require_recent, respond
from engine.web.compat.binance import _days, _exchange, _klines
from engine.web.compat.binance._clock import now, unit
from engine.web.compat.binance._failures import Unpriced, failure
from engine.web.compat.binance._figures import lacking, written
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from providers import ASSETS, INTERVALS, Interval, Pair
from schemas import RequestedPair
from schemas.compat import binance as shapes

MARKETS = [RequestedPair(asset.code, Pair(asset, "USDT")) for asset in ASSETS]

bp = dialect("binance", "/compat/binance", failure)


@bp.get("/api/v3/ping")
@limiter.limit(quota("default"))
@endpoint(answer=shapes.Ping, failure=shapes.Error)
def get_ping() -> dict[str, object]:
    """Get an empty object, which shows that the server runs."""
    return {}


@bp.get("/api/v3/time")
@limiter.limit(quota("default"))
@endpoint(answer=shapes.Time, failure=shapes.Error)
def get_time() -> dict[str, object]:
    """Get the time."""
    return {"serverTime": now() * unit()}


@bp.get("/api/v3/exchangeInfo")
@limiter.limit(quota("default"))
@endpoint(query=shapes.ExchangeQuery, answer=shapes.Exchange, failure=shapes.Error)
def get_exchange(
    symbol: str | None,
    symbols: list[str] | None,
    status: str | None,
    permissions: list[str] | None,
    sets: str,
) -> Response | dict[str, object]:
    """Get every market whose coins are known, and the quotas."""
    catalogue = current_services().catalogue.catalogue
    with_sets, names = sets == "true", [symbol] if symbol else symbols
    exchange = {
        "timezone": "UTC",
        "serverTime": now() * unit(),
        "rateLimits": _exchange.limits(current_services().settings, caller().times),
        "exchangeFilters": [],
    }
    if names is None and status in (None, "TRADING") and (permissions is None or "SPOT" in permissions):
        rows = packed.rows(_exchange.row(it, sets=with_sets) for it in joined_markets(catalogue))
        pieces = chain([b'{"symbols":['], rows)
        head = current_services().lists.get(f"binance {sets}", catalogue.version, pieces)
        return packed.respond(head, b"]," + orjson.dumps(exchange)[1:])
    markets = [_exchange.market_of(name, catalogue) for name in names or ()]
    return exchange | {"symbols": [_exchange.row(market, sets=with_sets) for market in markets]}


@bp.get("/api/v3/klines")
@bp.get("/api/v3/uiKlines", endpoint="get_ui_klines")
@limiter.limit(quota("ohlcv"))
@endpoint(query=shapes.KlinesQuery, answer=shapes.KLINES, failure=shapes.Error)
def get_klines(
    symbol: RequestedPair, interval: Interval, start: int | None, end: int | None, limit: int, zone: int
) -> Response:
    """Get the candles of one pair from the first provider that serves them well."""
    parts = _klines.parts_of(symbol, interval, limit, start, end, now())
    candles = [candle for part in parts for candle in part.candles]
    rows = _klines.rows(candles, interval, unit())
    return _respond(rows, *map(Origin.of_candles, parts), missing=_klines.neutral(candles))


@bp.get("/api/v3/avgPrice")
@limiter.limit(quota("ohlcv"))
@endpoint(query=shapes.SymbolQuery, answer=shapes.Average, failure=shapes.Error)
def get_average(symbol: RequestedPair) -> Response:
    """Get the average price of the last five minutes, from candles of one minute."""
    minute = INTERVALS["1m"]
    found = _use_cases.candles(symbol, minute, _days.MINUTES)
    average = _days.average(found.candles, received(found), minute)
    if average is None:
        raise Unpriced.of(symbol.symbol)
    price, closed = average
    body = {"mins": _days.MINUTES, "price": written(price), "closeTime": closed * unit()}
    return _respond(body, Origin.of_candles(found), estimated=["price"])


@bp.get("/api/v3/ticker/price")
@limiter.limit(quota("prices"))
@endpoint(query=shapes.PriceQuery, answer=shapes.one_or_many(shapes.PriceTicker), failure=shapes.Error)
def get_price(
    symbol: RequestedPair | None, symbols: list[RequestedPair] | None, status: str | None
) -> Response:
    """Get the median price over all providers."""
    coins = _selected(symbol, symbols, status)
    if not coins:
        return _no_markets()
    found, prices, missing = _priced(coins)
    rows = [{"symbol": f"{coin.symbol}USDT", "price": written(price)} for coin, price in prices]
    return _respond(rows[0] if symbol else rows, Origin.of(found), missing=missing)


@bp.get("/api/v3/ticker/24hr")
@limiter.limit(quota("prices"))
@endpoint(query=shapes.DayQuery, answer=shapes.one_or_many(shapes.DayTicker), failure=shapes.Error)
def get_day(
    symbol: RequestedPair | None, symbols: list[RequestedPair] | None, status: str | None, kind: str
) -> Response:
    """Get the last 24 hours: of one market from its candles, of several from prices and their changes."""
    coins = _selected(symbol, symbols, status)
    if not coins:
        return _no_markets()
    if symbol is None:
        found, prices, missing = _priced(coins)
        days = [_days.shown(_days.of_price(coin, price), kind, unit()) for coin, price in prices]
        return _respond(days, Origin.of(found), missing=[*missing, *lacking(days, _days.FIELDS[kind])])
    candles = _use_cases.candles(symbol, _days.STEP, _days.COUNT)
    require_recent(candles.validity, _use_cases.PRICE_SECONDS)  # an older close is too old for a last price
    day = _days.of_candles(symbol.symbol, candles.candles, received(candles))
    if day is None:
        raise Unpriced.of(symbol.symbol)
    body = _days.shown(day, kind, unit())
    missing, estimated = (
        lacking([body], _days.FIELDS[kind]),
        [name for name in _days.ESTIMATED if name in body],
    )
    return _respond(body, Origin.of_candles(candles), missing=missing, estimated=estimated)


def _selected(
    symbol: RequestedPair | None,
    symbols: list[RequestedPair] | None,
    status: str | None,
    every: Sequence[RequestedPair] = MARKETS,
) -> Sequence[RequestedPair]:
    """Return the requested markets; all are TRADING."""
    if status in (None, "TRADING"):
        return [symbol] if symbol else every if symbols is None else symbols
    if symbol:
        message = "The symbol's status does not match the requested symbolStatus."
        raise InvalidRequest(message, {"symbolStatus": {"code": -1220, "msg": message}})
    return []


def _no_markets() -> Response:
    """Return the answer for no market, which needs no provider."""
    return Response("[]", mimetype="application/json")


def _priced(coins: Sequence[RequestedPair]) -> tuple[PriceList, list[tuple[CoinPrice, float]], list[str]]:
    """Return the list, its coins with prices, and the markets without one. Raises `Unpriced` without any."""
    found = _use_cases.prices(coins, "USDT")
    prices = [(coin, coin.price) for coin in found.coins if coin.price is not None]
    if not prices:
        raise Unpriced.of(", ".join(coin.symbol for coin in coins))
    priced = {f"{coin.symbol}USDT" for coin, _ in prices}
    return found, prices, [coin.symbol for coin in coins if coin.symbol not in priced]


def _respond(
    body: object, *origins: Origin, missing: Sequence[str] = (), estimated: Sequence[str] = ()
) -> Response:
    response = respond(body, *origins)
    for header, names in (("X-Data-Missing", missing), ("X-Data-Estimated", estimated)):
        if names:
            response.headers[header] = ", ".join(names)
    return response
