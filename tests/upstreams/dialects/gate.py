"""Gate spot.

https://www.gate.com/docs/developers/apiv4/#spot
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ..coins import TRADED, new_name
from ..feed import Feed
from ..intervals import DAY, INTERVALS
from ..market import Candle, Ticker
from ..oddballs import Listed
from ..wire import NOT_FOUND, Answer, Request, fixed, text

PAIRS = {f"{new_name(code)}_USDT": code for code in TRADED}
KNOWN = tuple(Listed(code, new_name(code), "USDT") for code in TRADED)
STEPS = {
    "1m": "1m",
    "5m": "5m",
    "15m": "15m",
    "30m": "30m",
    "1h": "1h",
    "2h": "2h",
    "4h": "4h",
    "8h": "8h",
    "1d": "1d",
    "7d": "thursday week",
}
MOST = 1000
REACH = 10_000


class Refused(Exception):
    """A call that gets status 400, a label and a message."""


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as api.gateio.ws does."""
    page = PAGES.get(request.path)
    if page is None:
        return NOT_FOUND
    headers = {"X-Gate-RateLimit-Requests-Remain": "199", "X-Gate-RateLimit-Limit": "200"}
    try:
        return Answer(page(request, feed), headers=headers)
    except Refused as refusal:
        label, message = refusal.args
    except ValueError as error:
        label, message = "INVALID_PARAM_VALUE", str(error)
    return Answer({"label": label, "message": message}, 400, headers)


def _candlesticks(request: Request, feed: Feed) -> object:
    named = feed.find(request.query.get("currency_pair", ""), _native)
    market, interval = named or _pair(request), STEPS.get(request.query.get("interval", "30m"))
    if interval is None:
        raise Refused("INVALID_PARAM_VALUE", "Invalid interval")
    ranged = "from" in request.query or "to" in request.query
    if ranged and "limit" in request.query:
        raise Refused("INVALID_PARAM_VALUE", "limit conflicts with from and to")
    limit = request.whole("limit", 100)
    if not 1 <= limit <= MOST:
        raise Refused("INVALID_PARAM_VALUE", f"limit must be within 1 and {MOST}")
    grid = INTERVALS[interval]
    end = min(request.whole("to", feed.now_ms // 1000) * 1000, feed.now_ms)
    first = request.whole("from", (grid.opening(end) - (limit - 1) * grid.size) // 1000) * 1000
    if first < feed.now_ms - REACH * grid.size:
        raise Refused(
            "INVALID_PARAM_VALUE", f"Candlestick too long ago. Maximum {REACH} points ago are allowed"
        )
    if (end - first) // grid.size >= MOST:
        raise Refused(
            "INVALID_PARAM_VALUE",
            f"Candlestick range too broad. Maximum {MOST} data points are allowed per query",
        )
    return [_row(row) for row in feed.candles(market, interval, first, end)]


@lru_cache(maxsize=100_000)
def _row(row: Candle) -> list[str]:
    return [
        str(row.open_ms // 1000),
        fixed(row.quote_volume),
        text(row.close),
        text(row.high),
        text(row.low),
        text(row.open),
        fixed(row.volume),
        "true" if row.closed else "false",
    ]


def _tickers(request: Request, feed: Feed) -> object:
    if "currency_pair" in request.query:
        return [_quote(ticker) for ticker in feed.tickers([_pair(request)])]
    others = [_quote(ticker) | {"currency_pair": f"{row.code}_{row.quote}"} for row, ticker in feed.quoted()]
    return [*(_quote(ticker) for ticker in feed.tickers(TRADED)), *others]


def _pairs(request: Request, feed: Feed) -> object:
    return [_listed(row, feed) for row in feed.listing(KNOWN)]


def _native(row: Listed) -> str:
    return f"{row.code}_{row.quote}"


def _listed(row: Listed, feed: Feed) -> dict[str, object]:
    """Return a market with the full name of its coin. Times are seconds, or 0 if there is none."""
    places, size = feed.world.places(row)
    today, since = feed.now_ms // DAY * DAY // 1000, row.since // 1000
    ended = {"delisting_time": today} if row.state == "ended" else {}
    return {
        "id": f"{row.code}_{row.quote}",
        "base": row.base,
        "base_name": feed.world.name(row.coin),
        "quote": row.quote,
        "quote_name": row.quote,
        "fee": "0.2",
        "min_quote_amount": "3",
        "amount_precision": size,
        "precision": places,
        "trade_status": "untradable" if row.state == "halted" else "tradable",
        "sell_start": 0,
        "buy_start": today + 86_400 if row.state == "upcoming" else since,
        "type": "normal",
        "st_tag": row.volume < 1_000,
        **ended,
    }


def _quote(ticker: Ticker) -> dict[str, str]:
    change = fixed((ticker.last / ticker.open - 1) * 100, 2)
    since_midnight = fixed((ticker.last / ticker.today.open - 1) * 100, 2)
    return {
        "currency_pair": f"{new_name(ticker.code)}_USDT",
        "last": text(ticker.last),
        "lowest_ask": text(ticker.ask),
        "highest_bid": text(ticker.bid),
        "change_percentage": change,
        "change_utc0": since_midnight,
        "change_utc8": change,
        "base_volume": text(ticker.volume),
        "quote_volume": text(ticker.quote_volume),
        "high_24h": text(ticker.high),
        "low_24h": text(ticker.low),
    }


def _pair(request: Request) -> str:
    name = request.query.get("currency_pair", "")
    if not name:
        raise Refused("MISSING_REQUIRED_PARAM", "Missing required parameter: currency_pair")
    if name not in PAIRS:
        raise Refused("INVALID_CURRENCY_PAIR", f"Invalid currency pair {name}")
    return PAIRS[name]


PAGES: dict[str, Callable[[Request, Feed], object]] = {
    "/api/v4/spot/candlesticks": _candlesticks,
    "/api/v4/spot/tickers": _tickers,
    "/api/v4/spot/currency_pairs": _pairs,
    "/api/v4/spot/time": lambda request, feed: {"server_time": feed.now_ms},
}
