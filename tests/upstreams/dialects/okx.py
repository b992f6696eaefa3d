"""OKX v5.

https://www.okx.com/docs-v5/en/#order-book-trading-market-data
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ..coins import TRADED, new_name
from ..feed import Feed
from ..intervals import DAY, INTERVALS
from ..market import Candle, Ticker
from ..oddballs import Listed
from ..wire import NOT_FOUND, Answer, Request, step, text

INSTRUMENTS = {f"{new_name(code)}-USDT": code for code in TRADED}
IN_DOLLARS = ("BTC", "ETH", "SOL", "XRP")
"""The coins whose dollar book is listed as well; it is settled in several dollars."""
KNOWN = (
    *(Listed(code, new_name(code), "USDT") for code in TRADED),
    *(Listed(code, code, "USD") for code in IN_DOLLARS),
)
STATES = {"trading": "live", "halted": "suspend", "upcoming": "preopen"}
BARS = {
    "1m": "1m",
    "3m": "3m",
    "5m": "5m",
    "15m": "15m",
    "30m": "30m",
    "1H": "1h",
    "2H": "2h",
    "4H": "4h",
    "6Hutc": "6h",
    "12Hutc": "12h",
    "1Dutc": "1d",
    "1Wutc": "1w",
    "1Mutc": "1M",
    "6H": "6h hong kong",
    "12H": "12h hong kong",
    "1D": "1d hong kong",
    "1W": "1w hong kong",
}
REACH = 1440


class Refused(Exception):
    """A call that gets status 200 and a code."""


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as www.okx.com does."""
    page = PAGES.get(request.path)
    if page is None:
        return NOT_FOUND
    try:
        return Answer({"code": "0", "msg": "", "data": page(request, feed)})
    except Refused as refusal:
        code, message = refusal.args
    except ValueError:
        code, message = "51000", "Parameter error"
    return Answer({"code": code, "msg": message, "data": []})


def _candles(request: Request, feed: Feed) -> list[object]:
    name, bar = request.query.get("instId", ""), BARS.get(request.query.get("bar", "1m"))
    base, _, quote = name.partition("-")
    dollars = base in IN_DOLLARS and quote == "USD"
    market = base if dollars else feed.find(name, _native) or _instrument(request)
    if bar is None:
        raise Refused("51000", "Parameter bar error")
    limit = max(1, min(300, request.whole("limit", 100)))
    grid = INTERVALS[bar]
    # `after` asks for rows older than it, `before` for newer ones, and neither is itself among them.
    end = min(request.whole("after", feed.now_ms + 1) - 1, feed.now_ms)
    first = max(request.whole("before", 0) + 1, grid.after(grid.opening(end), 1 - limit))
    if not request.path.endswith("/history-candles"):
        first = max(first, grid.after(grid.opening(feed.now_ms), 1 - REACH))
    return [_row(row) for row in reversed(feed.candles(market, bar, first, end, dollars=dollars))]


@lru_cache(maxsize=100_000)
def _row(row: Candle) -> list[str]:
    turnover = text(row.quote_volume)
    return [
        str(row.open_ms),
        text(row.open),
        text(row.high),
        text(row.low),
        text(row.close),
        text(row.volume),
        turnover,
        turnover,
        "1" if row.closed else "0",
    ]


def _ticker(request: Request, feed: Feed) -> list[object]:
    return [_quote(ticker, "USDT") for ticker in feed.tickers([_instrument(request)])]


def _tickers(request: Request, feed: Feed) -> list[object]:
    if request.query.get("instType") != "SPOT":
        raise Refused("51000", "Parameter instType error")
    dollars = [_quote(ticker, "USD") for ticker in feed.tickers(IN_DOLLARS, dollars=True)]
    others = [
        _quote(ticker, row.quote) | {"instId": f"{row.code}-{row.quote}"} for row, ticker in feed.quoted()
    ]
    return [*dollars, *(_quote(ticker, "USDT") for ticker in feed.tickers(TRADED)), *others]


def _instruments(request: Request, feed: Feed) -> list[object]:
    if request.query.get("instType") != "SPOT":
        raise Refused("51000", "Parameter instType error")
    return [_listed(row, feed) for row in feed.listing(KNOWN) if row.state in STATES]


def _native(row: Listed) -> str:
    return f"{row.code}-{row.quote}"


def _listed(row: Listed, feed: Feed) -> dict[str, object]:
    """Return a market. One that has not opened has no codes, and dollar markets settle in several dollars."""
    places, size = feed.world.places(row)
    opened = row.state != "upcoming"
    return {
        "alias": "",
        "baseCcy": row.base if opened else "",
        "category": "1",
        "instCategory": "1",
        "instFamily": "",
        "instId": f"{row.code}-{row.quote}",
        "instType": "SPOT",
        "lever": "",
        "listTime": str(row.since if opened else feed.now_ms - feed.now_ms % DAY + DAY),
        "lotSz": step(size),
        "minSz": step(size),
        "quoteCcy": row.quote if opened else "",
        "state": STATES[row.state],
        "tickSz": step(places),
        "tradeQuoteCcyList": ["USDG", "USD", "USDC", "RLUSD"] if row.quote == "USD" else [row.quote],
        "uly": "",
    }


def _quote(ticker: Ticker, currency: str) -> dict[str, str]:
    return {
        "instType": "SPOT",
        "instId": f"{new_name(ticker.code)}-{currency}",
        "last": text(ticker.last),
        "lastSz": "0.1",
        "askPx": text(ticker.ask),
        "askSz": "11",
        "bidPx": text(ticker.bid),
        "bidSz": "5",
        "open24h": text(ticker.open),
        "high24h": text(ticker.high),
        "low24h": text(ticker.low),
        "volCcy24h": text(ticker.quote_volume),
        "vol24h": text(ticker.volume),
        "ts": str(ticker.time_ms),
        "sodUtc0": text(ticker.today.open),
        "sodUtc8": text(ticker.open),
    }


def _time(request: Request, feed: Feed) -> list[object]:
    return [{"ts": str(feed.now_ms)}]


def _instrument(request: Request) -> str:
    name = request.query.get("instId", "")
    if name not in INSTRUMENTS:
        raise Refused("51001", "Instrument ID does not exist")
    return INSTRUMENTS[name]


PAGES: dict[str, Callable[[Request, Feed], list[object]]] = {
    "/api/v5/market/candles": _candles,
    "/api/v5/market/history-candles": _candles,
    "/api/v5/market/ticker": _ticker,
    "/api/v5/market/tickers": _tickers,
    "/api/v5/public/instruments": _instruments,
    "/api/v5/public/time": _time,
}
