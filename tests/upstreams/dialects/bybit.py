"""Bybit v5.

https://bybit-exchange.github.io/docs/v5/market/kline
"""

from __future__ import annotations

from functools import lru_cache

from ..coins import TRADED, USD_PER_USDT, new_name
from ..feed import Feed
from ..intervals import INTERVALS
from ..market import Candle, Ticker
from ..oddballs import Listed
from ..wire import NOT_FOUND, Answer, Request, fixed, step, text

SYMBOLS = {f"{new_name(code)}USDT": code for code in TRADED}
KNOWN = tuple(Listed(code, new_name(code), "USDT") for code in TRADED)
STEPS = {
    "1": "1m",
    "3": "3m",
    "5": "5m",
    "15": "15m",
    "30": "30m",
    "60": "1h",
    "120": "2h",
    "240": "4h",
    "360": "6h",
    "720": "12h",
    "D": "1d",
    "W": "1w",
    "M": "1M",
}


class Refused(Exception):
    """A call that gets status 200 and a return code."""


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as api.bybit.com does."""
    page = PAGES.get(request.path)
    if page is None:
        return NOT_FOUND
    code, message, result = 0, "OK", {}
    try:
        result = page(request, feed)
    except (Refused, ValueError) as refusal:
        code, message = 10001, str(refusal)
    headers = {
        "X-Bapi-Limit": "600",
        "X-Bapi-Limit-Status": "599",
        "X-Bapi-Limit-Reset-Timestamp": str(feed.now_ms),
    }
    envelope = {"retCode": code, "retMsg": message, "result": result, "retExtInfo": {}, "time": feed.now_ms}
    return Answer(envelope, headers=headers)


def _kline(request: Request, feed: Feed) -> dict[str, object]:
    category = _category(request, "linear")
    symbol, interval = request.query.get("symbol", ""), STEPS.get(request.query.get("interval", ""))
    market = SYMBOLS.get(symbol) or feed.find(symbol, _native)
    if market is None:
        raise Refused("Not supported symbols")
    if interval is None:
        raise Refused("Invalid period!")
    limit = max(1, min(1000, request.whole("limit", 200)))
    grid = INTERVALS[interval]
    end = min(request.whole("end", feed.now_ms), feed.now_ms)
    oldest = grid.after(grid.opening(end), 1 - limit)
    # The candle that contains `start` is answered too, although it opened before it.
    first = max(oldest, grid.opening(request.whole("start", oldest)))
    rows = feed.candles(market, interval, first, end)
    return {"category": category, "symbol": symbol, "list": [_row(row) for row in reversed(rows)]}


@lru_cache(maxsize=100_000)
def _row(row: Candle) -> list[str]:
    return [
        str(row.open_ms),
        text(row.open),
        text(row.high),
        text(row.low),
        text(row.close),
        text(row.volume),
        text(row.quote_volume),
    ]


def _tickers(request: Request, feed: Feed) -> dict[str, object]:
    category = _category(request, "")
    symbol = request.query.get("symbol")
    if symbol is not None and symbol not in SYMBOLS:
        raise Refused("Not supported symbols")
    codes = TRADED if symbol is None else (SYMBOLS[symbol],)
    rows = [_quote(ticker, category) for ticker in feed.tickers(codes)]
    if category == "spot" and symbol is None:
        others = feed.quoted("trading")
        rows += [_quote(ticker, category) | {"symbol": f"{row.code}{row.quote}"} for row, ticker in others]
    return {"category": category, "list": rows}


def _instruments(request: Request, feed: Feed) -> dict[str, object]:
    """Return all trading spot markets on one page, whatever `limit` and `cursor` are."""
    category, symbol = _category(request, ""), request.query.get("symbol")
    if category != "spot":
        raise Refused("params error: Category is invalid")
    rows = [_instrument(row, feed) for row in feed.listing(KNOWN) if row.state == "trading"]
    return {"category": category, "list": [row for row in rows if symbol in (None, row["symbol"])]}


def _native(row: Listed) -> str:
    return f"{row.code}{row.quote}"


def _instrument(row: Listed, feed: Feed) -> dict[str, object]:
    places, size = feed.world.places(row)
    return {
        "symbol": f"{row.code}{row.quote}",
        "baseCoin": row.base,
        "quoteCoin": row.quote,
        "innovation": "0",
        "status": "Trading",
        "marginTrading": "none",
        "stTag": "0",
        "lotSizeFilter": {"basePrecision": step(size), "quotePrecision": step(8), "minOrderAmt": "5"},
        "priceFilter": {"tickSize": step(places)},
        "symbolType": "xstocks" if row.kind == "stock" else "",
    }


def _quote(ticker: Ticker, category: str) -> dict[str, str]:
    quote = {
        "symbol": f"{new_name(ticker.code)}USDT",
        "bid1Price": text(ticker.bid),
        "bid1Size": "2",
        "ask1Price": text(ticker.ask),
        "ask1Size": "1.5",
        "lastPrice": text(ticker.last),
        "prevPrice24h": text(ticker.open),
        "price24hPcnt": fixed(ticker.last / ticker.open - 1, 4),
        "highPrice24h": text(ticker.high),
        "lowPrice24h": text(ticker.low),
        "turnover24h": text(ticker.quote_volume),
        "volume24h": text(ticker.volume),
    }
    if category == "spot":
        return quote | {"usdIndexPrice": text(ticker.last * USD_PER_USDT)}
    return quote | {
        "markPrice": text(ticker.last),
        "indexPrice": text(ticker.last),
        "fundingRate": "0.0001",
        "openInterest": "1000",
        "nextFundingTime": "",
        "predictedDeliveryPrice": "",
    }


def _time(request: Request, feed: Feed) -> dict[str, object]:
    return {"timeSecond": str(feed.now_ms // 1000), "timeNano": str(feed.now_ms * 1_000_000)}


def _category(request: Request, default: str) -> str:
    category = request.query.get("category", default)
    if category not in ("spot", "linear"):
        raise Refused("params error: Category is invalid" if category else "params error: Missing category")
    return category


PAGES = {
    "/v5/market/kline": _kline,
    "/v5/market/tickers": _tickers,
    "/v5/market/instruments-info": _instruments,
    "/v5/market/time": _time,
}
