"""CryptoCompare, also known as CoinDesk Data.

https://min-api.cryptocompare.com/documentation
"""

from __future__ import annotations

from ..coins import COINS
from ..feed import Feed
from ..intervals import DAY, HOUR, INTERVALS, MINUTE
from ..market import Candle, Ticker
from ..wire import NOT_FOUND, Answer, Request

UNITS = {"histominute": MINUTE, "histohour": HOUR, "histoday": DAY}
BY_SIZE = {grid.size: name for name, grid in reversed(INTERVALS.items()) if grid.origin == 0 and name != "1M"}
QUOTES = ("USD", "USDT")


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as min-api.cryptocompare.com does, which sends errors with status 200."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if not (scheme.lower() == "apikey" and key) and not request.query.get("api_key"):
        return _error("You need a valid auth key or api key to access this endpoint", 1)
    match request.path.strip("/").split("/"):
        case ["data", "v2", page] if page in UNITS:
            return _history(page, request, feed, newer=True)
        case ["data", page] if page in UNITS:
            return _history(page, request, feed, newer=False)
        case ["data", "price" | "pricemulti" | "pricemultifull" as page]:
            return _prices(page, request, feed)
    return NOT_FOUND


def _history(page: str, request: Request, feed: Feed, newer: bool) -> Answer:
    code, quote = request.query.get("fsym", ""), request.query.get("tsym", "")
    if code not in COINS or quote not in QUOTES:
        return _no_market(code, quote)
    interval = BY_SIZE.get(UNITS[page] * request.whole("aggregate", 1))
    limit = request.whole("limit", 168 if page == "histohour" else 30 if page == "histoday" else 1440)
    if interval is None or limit > 2000:
        return _error("aggregate or limit param is not valid.", 2)
    end = request.whole("toTs", feed.now_ms // 1000) * 1000
    # One row more than the limit: the running one comes on top.
    found = feed.newest(code, interval, limit + 1, end, dollars=quote == "USD")
    rows = [_row(row, newer) for row in found]
    span = {"TimeFrom": rows[0]["time"] if rows else 0, "TimeTo": rows[-1]["time"] if rows else 0}
    aggregated = request.whole("aggregate", 1) > 1
    if newer:
        data = {"Aggregated": aggregated, **span, "Data": rows}
        return Answer(
            {
                "Response": "Success",
                "Message": "",
                "HasWarning": False,
                "Type": 100,
                "RateLimit": {},
                "Data": data,
            }
        )
    return Answer(
        {
            "Response": "Success",
            "Type": 100,
            "Aggregated": aggregated,
            "Data": rows,
            **span,
            "FirstValueInArray": True,
            "ConversionType": {"type": "direct", "conversionSymbol": ""},
        }
    )


def _row(row: Candle, newer: bool) -> dict[str, object]:
    candle: dict[str, object] = {
        "time": row.open_ms // 1000,
        "high": row.high,
        "low": row.low,
        "open": row.open,
        "volumefrom": row.volume,
        "volumeto": row.quote_volume,
        "close": row.close,
    }
    return candle | {"conversionType": "direct", "conversionSymbol": ""} if newer else candle


def _prices(page: str, request: Request, feed: Feed) -> Answer:
    bases = request.names("fsym" if page == "price" else "fsyms")
    quotes = [quote for quote in request.names("tsyms") if quote in QUOTES]
    known = [base for base in bases if base in COINS]
    if not known or not quotes:
        return _no_market(",".join(bases), request.query.get("tsyms", ""))
    tickers: dict[str, dict[str, Ticker]] = {}
    for quote in quotes:
        for ticker in feed.tickers(known, dollars=quote == "USD"):
            tickers.setdefault(ticker.code, {})[quote] = ticker
    plain = {code: {quote: ticker.last for quote, ticker in each.items()} for code, each in tickers.items()}
    if page == "price":
        return Answer(plain.get(known[0], {}))
    if page == "pricemulti":
        return Answer(plain)
    raw = {
        code: {quote: _full(ticker, quote) for quote, ticker in each.items()}
        for code, each in tickers.items()
    }
    shown = {
        code: {quote: {name: str(value) for name, value in full.items()} for quote, full in each.items()}
        for code, each in raw.items()
    }
    return Answer({"RAW": raw, "DISPLAY": shown})


def _full(ticker: Ticker, quote: str) -> dict[str, object]:
    return {
        "TYPE": "5",
        "MARKET": "CCCAGG",
        "FROMSYMBOL": ticker.code,
        "TOSYMBOL": quote,
        "FLAGS": "4",
        "PRICE": ticker.last,
        "LASTUPDATE": ticker.time_ms // 1000,
        "LASTVOLUME": 0.01,
        "LASTVOLUMETO": ticker.last * 0.01,
        "LASTTRADEID": str(ticker.time_ms),
        "VOLUME24HOUR": ticker.volume,
        "VOLUME24HOURTO": ticker.quote_volume,
        "OPEN24HOUR": ticker.open,
        "HIGH24HOUR": ticker.high,
        "LOW24HOUR": ticker.low,
        "LASTMARKET": "Coinbase",
        "CHANGE24HOUR": ticker.last - ticker.open,
        "CHANGEPCT24HOUR": (ticker.last / ticker.open - 1) * 100,
        "SUPPLY": ticker.supply,
        "MKTCAP": ticker.market_cap,
    }


def _no_market(code: str, quote: str) -> Answer:
    return _error(f"cccagg_or_exchange market does not exist for this coin pair ({code}-{quote})", 2)


def _error(message: str, kind: int) -> Answer:
    return Answer(
        {
            "Response": "Error",
            "Message": message,
            "HasWarning": False,
            "Type": kind,
            "RateLimit": {},
            "Data": {},
        }
    )
