"""Binance's public market data: https://developers.binance.com/docs/binance-spot-api-docs/rest-api.

Markets are all whose coins are known. A missing figure is left out of objects, and is Binance's neutral value
in arrays; `X-Data-Missing` names it in both. `X-Data-Estimated` names figures that are derived from candles,
because no provider has every trade.
"""

from itertools import chain

import orjson
from flask import Response

from engine.catalogue.catalogue import Catalogue
from engine.web import packed
from engine.web.access.limiter import limiter
from engine.web.access.quotas import caller, quota
from engine.web.compat import _use_cases
from engine.web.compat._dialect import dialect
from engine.web.compat._translation import Origin, received, require_recent
from engine.web.compat.binance import _days, _exchange, _klines, streams
from engine.web.compat.binance._answers import respond, respond_prices
from engine.web.compat.binance._clock import now, unit
from engine.web.compat.binance._failures import Unpriced, failure
from engine.web.compat.binance._figures import lacking, written
from engine.web.compat.binance._prices import priced
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from providers import INTERVALS, Interval
from schemas.compat import binance as shapes

bp = dialect("binance", "/compat/binance", failure)
streams.register(bp)


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
    catalogue = _catalogue()
    with_sets, names = sets == "true", [symbol] if symbol else symbols
    exchange = {
        "timezone": "UTC",
        "serverTime": now() * unit(),
        "rateLimits": _exchange.limits(current_services().settings, caller().times),
        "exchangeFilters": [],
    }
    if names is None and status in (None, "TRADING") and (permissions is None or "SPOT" in permissions):
        rows = packed.rows(_exchange.row(it, sets=with_sets) for it in _exchange.every(catalogue))
        pieces = chain([b'{"symbols":['], rows)
        lists = current_services().lists
        head = lists.get(f"binance {sets}", catalogue.version, lambda: packed.PackedHead.of(pieces))
        return packed.respond(head, b"]," + orjson.dumps(exchange)[1:])
    markets = [_exchange.market_of(name, catalogue) for name in names or ()]
    return exchange | {"symbols": [_exchange.row(market, sets=with_sets) for market in markets]}


@bp.get("/api/v3/klines")
@bp.get("/api/v3/uiKlines", endpoint="get_ui_klines")
@limiter.limit(quota("ohlcv"))
@endpoint(query=shapes.KlinesQuery, answer=shapes.KLINES, failure=shapes.Error)
def get_klines(
    symbol: str, interval: Interval, start: int | None, end: int | None, limit: int, zone: int
) -> Response:
    """Get the candles of one pair from the first provider that serves them well."""
    coin = _exchange.requested(_exchange.market_of(symbol, _catalogue()))
    parts = _klines.parts_of(coin, interval, limit, start, end, now())
    candles = [candle for part in parts for candle in part.candles]
    rows = _klines.rows(candles, interval, unit())
    return respond(rows, *map(Origin.of_candles, parts), missing=_klines.neutral(candles))


@bp.get("/api/v3/avgPrice")
@limiter.limit(quota("ohlcv"))
@endpoint(query=shapes.SymbolQuery, answer=shapes.Average, failure=shapes.Error)
def get_average(symbol: str) -> Response:
    """Get the average price of the last five minutes, from candles of one minute."""
    minute = INTERVALS["1m"]
    coin = _exchange.requested(_exchange.market_of(symbol, _catalogue()))
    found = _use_cases.candles(coin, minute, _days.MINUTES)
    average = _days.average(found.candles, received(found), minute)
    if average is None:
        raise Unpriced.of(symbol)
    price, closed = average
    body = {"mins": _days.MINUTES, "price": written(price), "closeTime": closed * unit()}
    estimated = ["price"] if _days.is_estimated(found.candles) else []
    return respond(body, Origin.of_candles(found), estimated=estimated)


@bp.get("/api/v3/ticker/price")
@limiter.limit(quota("prices"))
@endpoint(query=shapes.PriceQuery, answer=shapes.one_or_many(shapes.PriceTicker), failure=shapes.Error)
def get_price(symbol: str | None, symbols: list[str] | None, status: str | None) -> Response:
    """Get the median price over all providers, of coins against others over the exchanges."""
    markets = _exchange.selected(symbol, symbols, status, _catalogue())
    if not markets:
        return _no_markets()
    return respond_prices(
        priced(markets), lambda it: {"symbol": it.symbol, "price": written(it.price)}, symbol, symbols
    )


@bp.get("/api/v3/ticker/24hr")
@limiter.limit(quota("prices"))
@endpoint(query=shapes.DayQuery, answer=shapes.one_or_many(shapes.DayTicker), failure=shapes.Error)
def get_day(symbol: str | None, symbols: list[str] | None, status: str | None, kind: str) -> Response:
    """Get the last 24 hours: of one market from its candles, of several from prices and their changes."""
    markets = _exchange.selected(symbol, symbols, status, _catalogue())
    if not markets:
        return _no_markets()
    if symbol is None:
        times = unit()
        return respond_prices(
            priced(markets),
            lambda it: _days.shown(_days.of_price(it), kind, times),
            symbol,
            symbols,
            _days.FIELDS[kind],
        )
    candles = _use_cases.candles(_exchange.requested(markets[0]), _days.STEP, _days.COUNT)
    require_recent(candles.validity, _use_cases.PRICE_SECONDS)  # an older close is too old for a last price
    day = _days.of_candles(symbol, candles.candles, received(candles))
    if day is None:
        raise Unpriced.of(symbol)
    body = _days.shown(day, kind, unit())
    missing = lacking([body], _days.FIELDS[kind])
    derived = _days.ESTIMATED if _days.is_estimated(candles.candles) else ()
    estimated = [name for name in derived if name in body]
    return respond(body, Origin.of_candles(candles), missing=missing, estimated=estimated)


def _catalogue() -> Catalogue:
    return current_services().catalogue.catalogue


def _no_markets() -> Response:
    """Return the answer for no market, which needs no provider."""
    return Response("[]", mimetype="application/json")
