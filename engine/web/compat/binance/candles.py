"""Candles, and the average price of the last of them."""

from flask import Response

from engine.web.access.quota_waits import patient
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, received
from engine.web.compat.binance import _days, _exchange, _klines
from engine.web.compat.binance._answers import respond
from engine.web.compat.binance._blueprint import bp, catalogue, served
from engine.web.compat.binance._clock import now, unit
from engine.web.compat.binance._failures import Unpriced
from engine.web.compat.binance._figures import written
from providers import INTERVALS, Interval
from schemas.compat import binance as shapes


@bp.get("/api/v3/klines")
@bp.get("/api/v3/uiKlines", endpoint="get_ui_klines")
@patient("ohlcv")
@served(query=shapes.KlinesQuery, answer=shapes.KLINES)
def get_klines(
    symbol: str, interval: Interval, start: int | None, end: int | None, limit: int, zone: int
) -> Response:
    """Get the candles of one pair from the first provider that serves them well."""
    coin = _exchange.requested(_exchange.market_of(symbol, catalogue()))
    parts = _klines.parts_of(coin, interval, limit, start, end, now())
    candles = [candle for part in parts for candle in part.candles]
    rows = _klines.rows(candles, interval, unit())
    return respond(rows, *map(Origin.of_candles, parts), missing=_klines.neutral(candles))


@bp.get("/api/v3/avgPrice")
@patient("ohlcv")
@served(query=shapes.SymbolQuery, answer=shapes.Average)
def get_average(symbol: str) -> Response:
    """Get the average price of the last five minutes, from candles of one minute."""
    minute = INTERVALS["1m"]
    coin = _exchange.requested(_exchange.market_of(symbol, catalogue()))
    found = _use_cases.candles(coin, minute, _days.MINUTES)
    average = _days.average(found.candles, received(found), minute)
    if average is None:
        raise Unpriced.of(symbol)
    price, closed = average
    body = {"mins": _days.MINUTES, "price": written(price), "closeTime": closed * unit()}
    estimated = ["price"] if _days.is_estimated(found.candles) else []
    return respond(body, Origin.of_candles(found), estimated=estimated)
