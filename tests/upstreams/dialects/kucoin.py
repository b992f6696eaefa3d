"""KuCoin spot.

https://www.kucoin.com/docs-new
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ..coins import TRADED, new_name
from ..feed import Feed
from ..intervals import DAY, INTERVALS
from ..market import Candle, Ticker
from ..oddballs import Listed
from ..wire import Answer, Request, fixed, step, text

SYMBOLS = {f"{new_name(code)}-USDT": code for code in TRADED}
KNOWN = tuple(Listed(code, new_name(code), "USDT") for code in TRADED)
STEPS = {
    "1min": "1m",
    "3min": "3m",
    "5min": "5m",
    "15min": "15m",
    "30min": "30m",
    "1hour": "1h",
    "2hour": "2h",
    "4hour": "4h",
    "6hour": "6h",
    "8hour": "8h",
    "12hour": "12h",
    "1day": "1d",
    "1week": "thursday week",
    "1month": "1M",
}
MOST = 1500
WITHOUT_RANGE = 100


class Refused(Exception):
    """A call that gets a status, a code and a message."""


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as api.kucoin.com does."""
    page = PAGES.get(request.path)
    if page is None:
        return Answer({"code": "404", "msg": "Not Found", "success": False, "retry": False}, 404)
    try:
        return Answer({"code": "200000", "data": page(request, feed)})
    except Refused as refusal:
        status, code, message = refusal.args
        return Answer({"code": code, "msg": message}, status)
    except ValueError:
        return Answer({"code": "400100", "msg": "Param error"}, 400)


def _candles(request: Request, feed: Feed) -> object:
    named = feed.find(request.query.get("symbol", ""), _native)
    market, interval = named or _symbol(request), STEPS.get(request.query.get("type", ""))
    if interval is None:
        raise Refused(400, "400100", "Incorrect candlestick type")
    grid = INTERVALS[interval]
    # A candle that opens at `endAt` itself is not answered.
    end = min(request.whole("endAt", feed.now_ms // 1000 + 1) * 1000 - 1, feed.now_ms)
    ranged = "startAt" in request.query or "endAt" in request.query
    oldest = grid.after(grid.opening(end), 1 - (MOST if ranged else WITHOUT_RANGE))
    first = max(oldest, request.whole("startAt", 0) * 1000)
    return [_row(row) for row in reversed(feed.candles(market, interval, first, end))]


@lru_cache(maxsize=100_000)
def _row(row: Candle) -> list[str]:
    return [
        str(row.open_ms // 1000),
        text(row.open),
        text(row.close),
        text(row.high),
        text(row.low),
        text(row.volume),
        text(row.quote_volume),
    ]


def _stats(request: Request, feed: Feed) -> object:
    ticker = feed.ticker(_symbol(request))
    return {"time": ticker.time_ms, "symbol": f"{new_name(ticker.code)}-USDT", **_quote(ticker)}


def _all_tickers(request: Request, feed: Feed) -> object:
    return {
        "time": feed.now_ms,
        "ticker": [
            {
                "symbol": f"{new_name(ticker.code)}-USDT",
                "symbolName": f"{new_name(ticker.code)}-USDT",
                "bestBidSize": "0.5",
                "bestAskSize": "0.4",
                **_quote(ticker),
            }
            for ticker in feed.tickers(TRADED)
        ]
        + [
            {"symbol": f"{row.code}-{row.quote}", "symbolName": f"{row.base}-{row.quote}", **_quote(ticker)}
            for row, ticker in feed.quoted()
        ],
    }


def _symbols(request: Request, feed: Feed) -> object:
    """Return all markets. After a rename the symbol stays, and the name and the currency change."""
    rows = [row for row in feed.listing(KNOWN) if row.state != "ended"]
    return [_listed(row, feed) for row in rows]


def _native(row: Listed) -> str:
    return f"{row.code}-{row.quote}"


def _listed(row: Listed, feed: Feed) -> dict[str, object]:
    places, size = feed.world.places(row)
    tomorrow = feed.now_ms - feed.now_ms % DAY + DAY
    return {
        "symbol": f"{row.code}-{row.quote}",
        "name": f"{row.base}-{row.quote}",
        "baseCurrency": row.base,
        "quoteCurrency": row.quote,
        "feeCurrency": row.quote,
        "market": "USDS" if row.quote.startswith("USD") else row.quote,
        "baseMinSize": step(size),
        "baseIncrement": step(size),
        "quoteIncrement": step(places),
        "priceIncrement": step(places),
        "isMarginEnabled": False,
        "enableTrading": row.state == "trading",
        "st": row.volume < 1_000,
        "tradingStartTime": tomorrow if row.state == "upcoming" else row.since,
    }


def _quote(ticker: Ticker) -> dict[str, str]:
    return {
        "buy": text(ticker.bid),
        "sell": text(ticker.ask),
        "changeRate": fixed(ticker.last / ticker.open - 1, 4),
        "changePrice": fixed(ticker.last - ticker.open),
        "high": text(ticker.high),
        "low": text(ticker.low),
        "vol": text(ticker.volume),
        "volValue": text(ticker.quote_volume),
        "last": text(ticker.last),
        "averagePrice": fixed(ticker.mean),
        "takerFeeRate": "0.001",
        "makerFeeRate": "0.001",
        "takerCoefficient": "1",
        "makerCoefficient": "1",
    }


def _level1(request: Request, feed: Feed) -> object:
    ticker = feed.ticker(_symbol(request))
    return {
        "time": ticker.time_ms,
        "sequence": str(ticker.time_ms // 10),
        "price": text(ticker.last),
        "size": "0.01",
        "bestBid": text(ticker.bid),
        "bestBidSize": "0.5",
        "bestAsk": text(ticker.ask),
        "bestAskSize": "0.4",
    }


def _symbol(request: Request) -> str:
    name = request.query.get("symbol", "")
    if not name:
        raise Refused(400, "400100", "symbol is required")
    if name not in SYMBOLS:
        raise Refused(200, "900001", "symbol not exists")
    return SYMBOLS[name]


PAGES: dict[str, Callable[[Request, Feed], object]] = {
    "/api/v1/market/candles": _candles,
    "/api/v1/market/stats": _stats,
    "/api/v1/market/allTickers": _all_tickers,
    "/api/v1/market/orderbook/level1": _level1,
    "/api/v1/symbols": _symbols,
    "/api/v2/symbols": _symbols,
    "/api/v1/bullet-public": lambda request, feed: {
        "token": "made+up=",
        "instanceServers": [{"endpoint": "wss://kucoin.invalid/", "pingInterval": 18_000}],
    },
    "/api/v1/timestamp": lambda request, feed: feed.now_ms,
}
