"""Kraken spot.

https://docs.kraken.com/api-reference
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from functools import lru_cache
from typing import NamedTuple

from ..coins import PRICED, TRADED
from ..faults import repriced
from ..feed import Feed
from ..intervals import INTERVALS
from ..market import Candle, Ticker
from ..oddballs import Listed
from ..wire import NOT_FOUND, Answer, Request, fixed, iso
from . import kraken_listing
from .kraken_listing import OLD_ASSETS, OWN_CODES

STEPS = {
    1: "1m",
    5: "5m",
    15: "15m",
    30: "30m",
    60: "1h",
    240: "4h",
    1440: "1d",
    10080: "thursday week",
    21600: "15d",
}
IN_TETHER = {
    "USDC",
    "BTC",
    "ETH",
    "SOL",
    "XRP",
    "BNB",
    "ADA",
    "DOT",
    "LINK",
    "LTC",
    "BCH",
    "AVAX",
    "DOGE",
    "SHIB",
    "ATOM",
    "TON",
}
COMMITTED = 720


class Pair(NamedTuple):
    """A market: the key in answers, its other names, its coin and its quote currency."""

    key: str
    altname: str
    new_name: str
    code: str
    quote: str

    @property
    def dollars(self) -> bool:
        """Return whether prices are dollars before any conversion."""
        return self.quote != "USDT"


class Market(NamedTuple):
    """A market for candles: what it trades, its key in answers, and the format of its prices."""

    coin: str | Listed
    key: str
    places: int
    dollars: bool = False


SPELLINGS = (
    kraken_listing.altname,
    lambda row: kraken_listing.key(row, False),
    lambda row: kraken_listing.key(row, True),
)
"""All names that a market is asked for by."""


def _pairs() -> list[Pair]:
    listed = [
        Pair("USDTZUSD", "USDTUSD", "USDT/USD", "USDT", "USD"),
        Pair("USDTEUR", "USDTEUR", "USDT/EUR", "USDT", "EUR"),
        Pair("ZEURZUSD", "EURUSD", "EUR/USD", "EUR", "USD"),
    ]
    for code in TRADED:
        own = OWN_CODES.get(code, code)
        key = f"{OLD_ASSETS[code]}ZUSD" if code in OLD_ASSETS else f"{own}USD"
        listed.append(Pair(key, f"{own}USD", f"{code}/USD", code, "USD"))
        if code in IN_TETHER:
            listed.append(Pair(f"{own}USDT", f"{own}USDT", f"{code}/USDT", code, "USDT"))
    return listed


PAIRS = _pairs()
KNOWN = tuple(Listed(pair.code, pair.code, pair.quote) for pair in PAIRS)
BY_NAME = {name: pair for pair in PAIRS for name in (pair.key, pair.altname)}
BY_NEW_NAME = {pair.new_name: pair for pair in PAIRS}


class Refused(Exception):
    """A call that gets status 200 and an error in the envelope."""


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as api.kraken.com does."""
    page = PAGES.get(request.path)
    if page is None:
        return NOT_FOUND
    try:
        return Answer({"error": [], "result": page(request, feed)})
    except Refused as refusal:
        return Answer({"error": [str(refusal)]})
    except ValueError:
        return Answer({"error": ["EGeneral:Invalid arguments"]})


def _candles(request: Request, feed: Feed) -> object:
    interval = STEPS.get(request.whole("interval", 1))
    name = request.query.get("pair", "")
    if name not in BY_NAME and interval:
        for spell in SPELLINGS:
            if row := feed.find(name, spell):
                market = Market(row, kraken_listing.key(row, _new_names(request)), feed.world.places(row)[0])
                return _rows(market, interval, request, feed)
    pairs = _asked(request)
    if len(pairs) != 1 or interval is None or pairs[0].quote == "EUR":
        raise Refused("EGeneral:Invalid arguments")
    pair = pairs[0]
    places = max(5, PRICED[pair.code].decimals)
    return _rows(Market(pair.code, _name(request, pair), places, pair.dollars), interval, request, feed)


def _rows(market: Market, interval: str, request: Request, feed: Feed) -> object:
    since, grid = request.whole("since", 0), INTERVALS[interval]
    newer = min(COMMITTED, max(0, (feed.now_ms - since * 1000) // grid.size + 1))
    # The running row is always there, whatever `since` says; committed ones only when they are newer than it.
    rows = [
        _row(row, market.places)
        for row in feed.newest(market.coin, interval, newer + 1, dollars=market.dollars)
        if row.open_ms > since * 1000 or not row.closed
    ]
    return {market.key: rows, "last": (grid.opening(feed.now_ms) - grid.size) // 1000}


@lru_cache(maxsize=100_000)
def _row(row: Candle, places: int) -> list[object]:
    return [
        row.open_ms // 1000,
        fixed(row.open, places),
        fixed(row.high, places),
        fixed(row.low, places),
        fixed(row.close, places),
        fixed((row.high + row.low + row.close) / 3, places),
        fixed(row.volume),
        row.trades,
    ]


def _ticker(request: Request, feed: Feed) -> object:
    result: dict[str, object] = {}
    for pair in _asked(request):
        for ticker in feed.tickers([pair.code], dollars=pair.dollars):
            in_euros = pair.quote == "EUR"
            euro = feed.ticker("EUR", dollars=True).last if in_euros else 1.0
            coin = PRICED[ticker.code]
            trades = int(abs(ticker.volume * coin.base) // 800)
            result[_name(request, pair)] = _quote(repriced(ticker, 1 / euro), max(5, coin.decimals), trades)
    if "pair" in request.query:
        return result
    result |= _others(request, feed)
    if _new_names(request) and feed.world.size:
        result |= {f"{name}:BTNL": result[name] for name in kraken_listing.POOLS if name in result}
    return result


def _others(request: Request, feed: Feed) -> dict[str, object]:
    """Return the other markets. One without a trade in 24 hours has a last price of zero."""
    result: dict[str, object] = {}
    for row, ticker in feed.quoted():
        if row.kind == "stock":
            continue
        quiet = replace(ticker, last=0.0, open=0.0, high=0.0, low=0.0) if not row.volume else ticker
        name = kraken_listing.key(row, _new_names(request))
        result[name] = _quote(quiet, max(5, feed.world.places(row)[0]), int(row.volume // 800))
    return result


def _quote(ticker: Ticker, places: int, trades: int) -> dict[str, object]:
    today = ticker.today

    def price(number: float) -> str:
        return fixed(number, places)

    mean_today = today.quote_volume / today.volume if today.volume else today.open
    return {
        "a": [price(ticker.ask), "1", "1.000"],
        "b": [price(ticker.bid), "1", "1.000"],
        "c": [price(ticker.last), "0.01000000"],
        "v": [fixed(today.volume), fixed(ticker.volume)],
        "p": [price(mean_today), price(ticker.mean)],
        "t": [today.trades, trades],
        "l": [price(today.low), price(ticker.low)],
        "h": [price(today.high), price(ticker.high)],
        "o": price(today.open),
    }


def _listing(request: Request, feed: Feed) -> object:
    new_names, asked = _new_names(request), {pair.new_name for pair in _asked(request)}
    rows = feed.listing(KNOWN)
    if "pair" in request.query:
        rows = [row for row in KNOWN if f"{row.base}/{row.quote}" in asked]
    return kraken_listing.pairs(rows, feed.world, new_names, request.query.get("aclass_base", "currency"))


def _assets(request: Request, feed: Feed) -> object:
    return kraken_listing.assets(feed.listing(KNOWN), _new_names(request))


def _time(request: Request, feed: Feed) -> object:
    return {"unixtime": feed.now_ms // 1000, "rfc1123": formatdate(feed.now_ms / 1000)}


def _status(request: Request, feed: Feed) -> object:
    return {"status": "online", "timestamp": iso(feed.now_ms)[:19] + "Z"}


def _asked(request: Request) -> list[Pair]:
    names = request.names("pair")
    known = {**BY_NAME, **BY_NEW_NAME} if _new_names(request) else BY_NAME
    if any(name not in known for name in names):
        raise Refused("EQuery:Unknown asset pair")
    if not names and request.path.endswith("/OHLC"):
        raise Refused("EGeneral:Invalid arguments")
    return [known[name] for name in names] or PAIRS


def _new_names(request: Request) -> bool:
    return request.query.get("assetVersion") == "1"


def _name(request: Request, pair: Pair) -> str:
    return pair.new_name if _new_names(request) else pair.key


PAGES: dict[str, Callable[[Request, Feed], object]] = {
    "/0/public/OHLC": _candles,
    "/0/public/Ticker": _ticker,
    "/0/public/AssetPairs": _listing,
    "/0/public/Assets": _assets,
    "/0/public/Time": _time,
    "/0/public/SystemStatus": _status,
}
