"""Binance spot.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from ..coins import TRADED, new_name
from ..feed import Feed
from ..intervals import FIRST_MS, INTERVALS
from ..market import Candle, Ticker
from ..oddballs import Listed
from ..wire import NOT_FOUND, Answer, Request, fixed, step

SYMBOLS = {f"{new_name(code)}USDT": code for code in TRADED}
STEPS = tuple("1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M".split())
ALWAYS = (0, 10**15)
KNOWN = tuple(Listed(code, new_name(code), "USDT") for code in TRADED)
RENAMED = {
    "MATICUSDT": (0, 1_725_937_200_000),
    "POLUSDT": (1_726_221_600_000, 10**15),
    "TONUSDT": (0, 1_782_788_400_000),
    "GRAMUSDT": (1_782_788_400_000, 10**15),
}
"""The same coin before and after its new name: each market has only its own time."""
LEGAL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
STATUSES = {"trading": "TRADING", "halted": "HALT", "ended": "BREAK"}
MINI_DROPS = (
    "priceChange",
    "priceChangePercent",
    "weightedAvgPrice",
    "prevClosePrice",
    "lastQty",
    "bidPrice",
    "bidQty",
    "askPrice",
    "askQty",
)


class Refused(Exception):
    """A call that gets status 400, a code and a message."""


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as api.binance.com does."""
    page = PAGES.get(request.path)
    if page is None:
        return NOT_FOUND
    try:
        body, weight = page(request, feed)
    except Refused as refusal:
        code, message = refusal.args
    except ValueError:
        code, message = -1100, "Illegal characters found in a parameter."
    else:
        return Answer(body, headers=_weighed(request, weight))
    return Answer({"code": code, "msg": message}, 400, _weighed(request, 1))


def _weighed(request: Request, weight: int) -> dict[str, str]:
    used = str(request.spend(weight))
    return {"X-MBX-USED-WEIGHT": used, "X-MBX-USED-WEIGHT-1M": used}


def _klines(request: Request, feed: Feed) -> tuple[object, int]:
    symbol, interval = _needed(request, "symbol"), _needed(request, "interval")
    former = {"MATICUSDT": "POLUSDT", "TONUSDT": "GRAMUSDT"}
    code = feed.find(symbol, _native) or _known(former.get(symbol, symbol))
    if interval not in STEPS:
        raise Refused(-1120, "Invalid interval.")
    limit = min(request.whole("limit", 500), 1000)
    if limit < 1:
        raise Refused(-1130, "Data sent for parameter 'limit' is not valid.")
    since, until = RENAMED.get(symbol, ALWAYS)
    end, grid = min(request.whole("endTime", feed.now_ms), until - 1), INTERVALS[interval]
    if "startTime" in request.query:
        first = grid.next_opening(max(request.whole("startTime", 0), FIRST_MS, grid.opening(since)))
        rows = feed.candles(code, interval, first, min(end, grid.after(first, limit - 1)))
    else:
        rows = feed.newest(code, interval, limit, end)
    return [_kline(row) for row in rows if since < row.open_ms + row.size_ms], 2


@lru_cache(maxsize=100_000)
def _kline(row: Candle) -> list[object]:
    half, half_quote = fixed(row.volume / 2), fixed(row.quote_volume / 2)
    return [
        row.open_ms,
        fixed(row.open),
        fixed(row.high),
        fixed(row.low),
        fixed(row.close),
        fixed(row.volume),
        row.open_ms + row.size_ms - 1,
        fixed(row.quote_volume),
        row.trades,
        half,
        half_quote,
        "0",
    ]


def _day(request: Request, feed: Feed) -> tuple[object, int]:
    symbols, single = _asked(request)
    mini = request.query.get("type", "FULL") == "MINI"
    if single:
        return _summary(feed.ticker(SYMBOLS[symbols[0]]), mini), 2
    weight = 2 if len(symbols) <= 20 else 40 if len(symbols) <= 100 else 80
    rows = [_summary(ticker, mini) for ticker in feed.tickers(SYMBOLS[symbol] for symbol in symbols)]
    if "symbols" in request.query:
        return rows, weight
    rows += [{**_summary(ticker, mini), "symbol": symbol} for symbol, ticker in _others(request, feed)]
    return rows, 80


def _others(request: Request, feed: Feed) -> list[tuple[str, Ticker]]:
    """Return the other markets, and without a filter also ended ones with their last price."""
    wanted = request.query.get("symbolStatus")
    states = [state for state, status in STATUSES.items() if wanted in (None, status)]
    return [(_native(row), ticker) for row, ticker in feed.quoted(*states)]


def _summary(ticker: Ticker, mini: bool) -> dict[str, Any]:
    trades = int(abs(ticker.quote_volume) // 800) if ticker.quote_volume == ticker.quote_volume else 0
    full = {
        "symbol": f"{new_name(ticker.code)}USDT",
        "priceChange": fixed(ticker.last - ticker.open),
        "priceChangePercent": fixed((ticker.last / ticker.open - 1) * 100, 3),
        "weightedAvgPrice": fixed(ticker.mean),
        "prevClosePrice": fixed(ticker.open),
        "lastPrice": fixed(ticker.last),
        "lastQty": "0.01000000",
        "bidPrice": fixed(ticker.bid),
        "bidQty": "1.00000000",
        "askPrice": fixed(ticker.ask),
        "askQty": "1.00000000",
        "openPrice": fixed(ticker.open),
        "highPrice": fixed(ticker.high),
        "lowPrice": fixed(ticker.low),
        "volume": fixed(ticker.volume),
        "quoteVolume": fixed(ticker.quote_volume),
        "openTime": ticker.time_ms - 86_400_000,
        "closeTime": ticker.time_ms,
        "firstId": 1_000_000,
        "lastId": 1_000_000 + trades,
        "count": trades,
    }
    return {name: value for name, value in full.items() if not (mini and name in MINI_DROPS)}


def _price(request: Request, feed: Feed) -> tuple[object, int]:
    symbols, single = _asked(request)
    if single:
        return {"symbol": symbols[0], "price": fixed(feed.ticker(SYMBOLS[symbols[0]]).last)}, 2
    tickers = feed.tickers(SYMBOLS[symbol] for symbol in symbols)
    named = [(f"{new_name(ticker.code)}USDT", ticker) for ticker in tickers]
    if "symbols" not in request.query:
        named += _others(request, feed)
    return [{"symbol": symbol, "price": fixed(ticker.last)} for symbol, ticker in named], 4


def _exchange(request: Request, feed: Feed) -> tuple[object, int]:
    limits = [
        {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
        {"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": 61000},
    ]
    asked = _asked(request)[0]
    every = not {"symbol", "symbols"} & set(request.query)
    rows = [row for row in feed.listing(KNOWN) if every or f"{row.code}{row.quote}" in asked]
    wanted = request.query.get("symbolStatus")
    symbols = [
        _symbol(row, feed, request.query.get("showPermissionSets") != "false")
        for row in rows
        if STATUSES.get(row.state) and wanted in (None, STATUSES[row.state])
    ]
    return {
        "timezone": "UTC",
        "serverTime": feed.now_ms,
        "rateLimits": limits,
        "exchangeFilters": [],
        "symbols": symbols,
    }, 20


def _native(row: Listed) -> str:
    return f"{row.code}{row.quote}"


def _symbol(row: Listed, feed: Feed, with_permissions: bool) -> dict[str, object]:
    places, size = feed.world.places(row)
    return {
        "symbol": f"{row.code}{row.quote}",
        "status": STATUSES[row.state],
        "baseAsset": row.base,
        "baseAssetPrecision": 8,
        "quoteAsset": row.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "isSpotTradingAllowed": row.kind != "leveraged",
        "orderTypes": ["LIMIT", "MARKET"],
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": step(places), "tickSize": step(places)},
            {"filterType": "LOT_SIZE", "minQty": step(size), "stepSize": step(size)},
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]] if with_permissions else [],
    }


def _asked(request: Request) -> tuple[list[str], bool]:
    """Return the requested symbols, and whether `symbol` names a single one."""
    if "symbol" in request.query:
        symbol = _needed(request, "symbol")
        _known(symbol)
        return [symbol], True
    if "symbols" not in request.query:
        return list(SYMBOLS), False
    listed = request.query["symbols"]
    if set(listed) - LEGAL - set('[]",') or listed[:1] != "[":
        raise Refused(
            -1100,
            "Illegal characters found in parameter 'symbols'; legal range is "
            '\'^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$\'.',
        )
    symbols: list[str] = orjson.loads(listed)
    if len(set(symbols)) < len(symbols):
        raise Refused(-1151, "Symbol is present multiple times in the list.")
    for symbol in symbols:
        _known(symbol)
    return symbols, False


def _needed(request: Request, name: str) -> str:
    if name not in request.query:
        raise Refused(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
    if not request.query[name]:
        raise Refused(-1105, f"Parameter '{name}' was empty.")
    return request.query[name]


def _known(symbol: str) -> str:
    if set(symbol) - LEGAL:
        raise Refused(
            -1100, "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'."
        )
    if symbol not in SYMBOLS:
        raise Refused(-1121, "Invalid symbol.")
    return SYMBOLS[symbol]


PAGES = {
    "/api/v3/ping": lambda request, feed: ({}, 1),
    "/api/v3/time": lambda request, feed: ({"serverTime": feed.now_ms}, 1),
    "/api/v3/klines": _klines,
    "/api/v3/ticker/24hr": _day,
    "/api/v3/ticker/price": _price,
    "/api/v3/exchangeInfo": _exchange,
}
