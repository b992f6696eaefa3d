"""Tickers: prices, days and best prices."""

from flask import Response

from engine.web.access.quota_waits import patient, spend
from engine.web.access.quotas import units
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, received, require_recent
from engine.web.compat.binance import _days, _exchange
from engine.web.compat.binance._answers import respond, respond_rows
from engine.web.compat.binance._best import best_prices
from engine.web.compat.binance._blueprint import bp, catalogue, no_markets, served
from engine.web.compat.binance._clock import now, unit
from engine.web.compat.binance._failures import Unpriced
from engine.web.compat.binance._figures import lacking, written
from engine.web.compat.binance._prices import MarketPrice, priced
from engine.web.compat.binance._tickers import exchange_days, origins_of, statistics
from engine.web.compat.binance._windows import Span, windows
from schemas.compat import binance as shapes

MARKETS_OF_ONE = 10
"""Markets whose candles count as one request."""


@bp.get("/api/v3/ticker/price")
@patient("prices")
@served(query=shapes.PriceQuery, answer=shapes.one_or_many(shapes.PriceTicker))
def get_price(symbol: str | None, symbols: list[str] | None, status: str | None) -> Response:
    """Get the median price over all providers, of coins against others over the exchanges."""
    markets = _exchange.selected(symbol, symbols, status, catalogue())
    if not markets:
        return no_markets()
    return respond_rows(priced(markets), _price_row, "price", symbol, symbols)


def _price_row(it: MarketPrice) -> dict[str, object]:
    return {"symbol": it.symbol, "price": written(it.price)}


@bp.get("/api/v3/ticker/24hr")
@patient("prices")
@served(query=shapes.DayQuery, answer=shapes.one_or_many(shapes.DayTicker))
def get_day(symbol: str | None, symbols: list[str] | None, status: str | None, kind: str) -> Response:
    """Get the last 24 hours: of one market from its candles, of several from prices and their changes."""
    markets = _exchange.selected(symbol, symbols, status, catalogue())
    if not markets:
        return no_markets()
    if symbol is None:
        times = unit()
        return respond_rows(
            statistics(markets),
            lambda it: _days.shown(_days.of(it), kind, times),
            f"day {kind}",
            symbol,
            symbols,
            _days.FIELDS[kind],
        )
    candles = _use_cases.candles(_exchange.requested(markets[0]), _days.STEP, _days.COUNT)
    require_recent(candles.validity, _use_cases.PRICE_SECONDS)  # an older close is too old for a last price
    day = _days.of_candles(symbol, candles.candles, received(candles))
    if day is None:
        raise Unpriced.of(symbol)
    days = exchange_days(markets) if kind == "FULL" else {}
    best = _days.best(days[symbol]) if symbol in days else {}
    body = _days.shown({**day, **best}, kind, unit())
    missing = lacking([body], _days.FIELDS[kind])
    derived = _days.ESTIMATED if _days.is_estimated(candles.candles) else ()
    estimated = [name for name in derived if name in body]
    return respond(body, Origin.of_candles(candles), *origins_of(days), missing=missing, estimated=estimated)


@bp.get("/api/v3/ticker/bookTicker")
@patient("prices")
@served(query=shapes.PriceQuery, answer=shapes.one_or_many(shapes.BookTicker))
def get_best_prices(symbol: str | None, symbols: list[str] | None, status: str | None) -> Response:
    """Get the best bid and ask at one exchange: of one market from its book, of several from tickers."""
    markets = _exchange.selected(symbol, symbols, status, catalogue())
    if not markets:
        return no_markets()
    found = best_prices(markets)
    if found.rows:
        return respond_rows(found, lambda row: row, "best", symbol, symbols, ("bidQty", "askQty"))
    if symbol or symbols:
        raise Unpriced.of(", ".join(found.missing))
    if catalogue().listed_venues:  # there are exchanges to ask, and all of them fail
        raise Unpriced.of("any market")
    return no_markets()


@bp.get("/api/v3/ticker")
@patient("ohlcv")
@served(query=shapes.WindowQuery, answer=shapes.one_or_many(shapes.WindowTicker))
def get_window(
    symbol: str | None, symbols: list[str] | None, status: str | None, kind: str, window: int
) -> Response:
    """Get the statistics of a window of one minute to seven days up to now, from candles."""
    return _windows_of(symbol, symbols, status, kind, Span(window))


@bp.get("/api/v3/ticker/tradingDay")
@patient("ohlcv")
@served(query=shapes.TradingDayQuery, answer=shapes.one_or_many(shapes.WindowTicker))
def get_trading_day(
    symbol: str | None, symbols: list[str] | None, status: str | None, kind: str, zone: int
) -> Response:
    """Get the statistics of the present day in a time zone, from candles."""
    return _windows_of(symbol, symbols, status, kind, Span.of_day(now(), zone))


def _windows_of(
    symbol: str | None, symbols: list[str] | None, status: str | None, kind: str, span: Span
) -> Response:
    markets = _exchange.selected(symbol, symbols, status, catalogue())
    if not markets:
        return no_markets()
    spend("ohlcv", units(len(markets), MARKETS_OF_ONE) - 1)
    found, estimated = windows(markets, span)
    form = "MINI" if kind == "MINI" else "WINDOW"
    rows = [_days.shown(row, form, unit()) for row in found.rows]
    fields = _days.FIELDS[form]
    derived = [name for name in _days.ESTIMATED if name in fields] if estimated else []
    missing = [*found.missing, *lacking(rows, fields)]
    return respond(rows[0] if symbol else rows, *found.origins, missing=missing, estimated=derived)
