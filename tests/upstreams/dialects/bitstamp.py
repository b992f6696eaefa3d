"""Bitstamp.

https://www.bitstamp.net/api/
"""

from __future__ import annotations

from functools import lru_cache

from ..coins import COINS
from ..feed import Feed
from ..intervals import INTERVALS
from ..market import Candle, Ticker
from ..oddballs import Listed
from ..wire import NOT_FOUND, Answer, Request, fixed, text

CODES = "BTC ETH USDT SOL XRP ADA DOT LINK LTC BCH AVAX XLM DOGE SHIB UNI NEAR SUI HBAR AAVE".split()
PAIRS = {f"{code}usd".lower(): code for code in CODES if code in COINS}
KNOWN = tuple(Listed(code, code, "USD") for code in CODES if code in COINS)
QUOTE_NAMES = {"USD": "U.S. dollar", "EUR": "Euro", "BTC": "Bitcoin", "USDC": "USD Coin"}
STEPS = {
    "60": "1m",
    "180": "3m",
    "300": "5m",
    "900": "15m",
    "1800": "30m",
    "3600": "1h",
    "7200": "2h",
    "14400": "4h",
    "21600": "6h",
    "43200": "12h",
    "86400": "1d",
    "259200": "3d",
}
MOST = 1000


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as www.bitstamp.net does, where every path ends in a slash."""
    match request.path.split("/"):
        case ["", "api", "v2", "ticker", ""]:
            known = [{**_ticker(each), "pair": f"{each.code}/USD"} for each in _tickers(feed, CODES)]
            others = [{**_ticker(each), "pair": f"{row.code}/{row.quote}"} for row, each in feed.quoted()]
            return Answer([*known, *others])
        case ["", "api", "v2", "trading-pairs-info", ""]:
            return Answer([_listed(row, feed) for row in feed.listing(KNOWN) if row.state != "ended"])
        case ["", "api", "v2", "ticker", name, ""] if name in PAIRS:
            return Answer(_ticker(feed.ticker(PAIRS[name], dollars=True)))
        case ["", "api", "v2", "ohlc", name, ""] if name in PAIRS:
            return _candles(PAIRS[name], f"{PAIRS[name]}/USD", request, feed)
        case ["", "api", "v2", "ohlc", name, ""] if market := feed.find(name, _native):
            return _candles(market, f"{market.code}/{market.quote}", request, feed)
    return NOT_FOUND


def _native(row: Listed) -> str:
    return f"{row.code}{row.quote}".lower()


def _listed(row: Listed, feed: Feed) -> dict[str, object]:
    """Return a market with its full names. Perpetual contracts are in the same list."""
    places, size = feed.world.places(row)
    quote = QUOTE_NAMES.get(row.quote, row.quote)
    return {
        "name": f"{row.code}/{row.quote}",
        "url_symbol": _native(row),
        "description": f"{feed.world.name(row.coin)} / {quote}",
        "market_type": "PERPETUAL" if row.kind == "perpetual" else "SPOT",
        "trading": "Enabled" if row.state == "trading" else "Disabled",
        "base_decimals": size,
        "counter_decimals": places,
        "minimum_order": f"10.0 {row.quote}",
    }


def _candles(market: str | Listed, pair: str, request: Request, feed: Feed) -> Answer:
    interval = STEPS.get(request.query.get("step", ""))
    if interval is None:
        return _refused("step")
    try:
        limit, start, end = (request.whole(name, -1) for name in ("limit", "start", "end"))
    except ValueError:
        return _refused("limit")
    if not 1 <= limit <= MOST:
        return _refused("limit")
    if start >= 0 and end < 0:
        grid = INTERVALS[interval]
        first = grid.next_opening(start * 1000)
        rows = feed.candles(market, interval, first, grid.after(first, limit - 1), dollars=True)
    else:  # a start beside an end has no effect
        rows = feed.newest(market, interval, limit, None if end < 0 else end * 1000 + 999, dollars=True)
    return Answer({"data": {"pair": pair, "ohlc": [_row(row) for row in rows]}})


@lru_cache(maxsize=100_000)
def _row(row: Candle) -> dict[str, str]:
    return {
        "timestamp": f"{row.open_ms // 1000}",
        "open": text(row.open),
        "high": text(row.high),
        "low": text(row.low),
        "close": text(row.close),
        "volume": fixed(row.volume),
    }


def _tickers(feed: Feed, codes: list[str]) -> list[Ticker]:
    return feed.tickers(codes, dollars=True)


def _ticker(ticker: Ticker) -> dict[str, str]:
    return {
        "timestamp": f"{ticker.time_ms // 1000}",
        "open": text(ticker.today.open),
        "high": text(ticker.high),
        "low": text(ticker.low),
        "last": text(ticker.last),
        "volume": fixed(ticker.volume),
        "vwap": text(ticker.open),
        "bid": text(ticker.bid),
        "ask": text(ticker.ask),
        "side": "0",
        "open_24": text(ticker.open),
        "percent_change_24": fixed((ticker.last / ticker.open - 1) * 100, 2),
    }


def _refused(name: str) -> Answer:
    return Answer({"status": "error", "reason": {name: ["Not a valid choice."]}, "code": "API0002"}, 400)
