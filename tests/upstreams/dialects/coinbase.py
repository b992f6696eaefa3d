"""Coinbase Exchange.

https://docs.cdp.coinbase.com/exchange/reference
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from ..coins import COINS
from ..feed import Feed
from ..intervals import INTERVALS
from ..market import Candle
from ..oddballs import Listed
from ..wire import Answer, Request, iso, step, text

PRODUCTS = {f"{code}-USD": code for code in COINS if code != "TRX"}
KNOWN = tuple(Listed(code, code, "USD") for code in COINS if code != "TRX")
STEPS = {"60": "1m", "300": "5m", "900": "15m", "3600": "1h", "21600": "6h", "86400": "1d"}
MOST = 300
MISSING = Answer({"message": "NotFound"}, 404)


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as api.exchange.coinbase.com does."""
    if not request.headers.get("user-agent"):
        return _refused("User-Agent header is required.")
    match request.path.strip("/").split("/"):
        case ["time"]:
            return Answer({"iso": iso(feed.now_ms), "epoch": feed.now_ms / 1000})
        case ["products"]:
            return Answer([_product(row, feed) for row in feed.listing(KNOWN) if row.state != "upcoming"])
        case ["products", name, *page] if name in PRODUCTS:
            return _about(name, page, request, feed)
        case ["products", name, "candles"] if market := feed.find(name, _native):
            return _candles(market, request, feed)
    return MISSING


def _native(row: Listed) -> str:
    return f"{row.code}-{row.quote}"


def _about(name: str, page: list[str], request: Request, feed: Feed) -> Answer:
    match page:
        case []:
            return Answer(_product(Listed(PRODUCTS[name], PRODUCTS[name], "USD"), feed))
        case ["candles"]:
            return _candles(PRODUCTS[name], request, feed)
        case ["ticker"]:
            ticker = feed.ticker(PRODUCTS[name], dollars=True)
            return Answer(
                {
                    "ask": text(ticker.ask),
                    "bid": text(ticker.bid),
                    "volume": text(ticker.volume),
                    "trade_id": ticker.time_ms // 100,
                    "price": text(ticker.last),
                    "size": "0.01",
                    "time": iso(ticker.time_ms)[:-1] + "000Z",
                    "rfq_volume": "7.669923",
                }
            )
        case ["stats"]:
            ticker = feed.ticker(PRODUCTS[name], dollars=True)
            return Answer(
                {
                    "open": text(ticker.open),
                    "high": text(ticker.high),
                    "low": text(ticker.low),
                    "last": text(ticker.last),
                    "volume": text(ticker.volume),
                    "volume_30day": text(round(ticker.volume * 30, 8)),
                }
            )
    return MISSING


def _candles(market: str | Listed, request: Request, feed: Feed) -> Answer:
    interval = STEPS.get(request.query.get("granularity", "60"))
    if interval is None:
        return _refused("Unsupported granularity")
    size = INTERVALS[interval].size
    try:
        end = _moment(request, "end", feed.now_ms)
        start = _moment(request, "start", INTERVALS[interval].opening(end) - (MOST - 1) * size)
    except ValueError:
        return _refused("Invalid start or end")
    if (end - start) // size > MOST:
        return _refused(
            "granularity too small for the requested time range. "
            f"Count of aggregations requested exceeds {MOST}"
        )
    rows = feed.candles(market, interval, start, end, dollars=True)
    return Answer([_row(row) for row in reversed(rows)][:MOST])


@lru_cache(maxsize=100_000)
def _row(row: Candle) -> list[float]:
    return [row.open_ms // 1000, row.low, row.high, row.open, row.close, row.volume]


def _moment(request: Request, name: str, default: int) -> int:
    given = request.query.get(name)
    if not given:
        return default
    if given.isdigit():
        return int(given) * 1000
    when = datetime.fromisoformat(given)
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)


def _product(row: Listed, feed: Feed) -> dict[str, object]:
    """Return a market. An ended one stays in the list, and a halted one is online without trading."""
    places, size = feed.world.places(row)
    return {
        "id": f"{row.code}-{row.quote}",
        "base_currency": row.base,
        "quote_currency": row.quote,
        "quote_increment": step(places),
        "base_increment": step(size),
        "display_name": f"{row.code}-{row.quote}",
        "min_market_funds": "1",
        "margin_enabled": False,
        "fx_stablecoin": row.base == "USDT",
        "max_slippage_percentage": "0.03000000",
        "post_only": False,
        "limit_only": False,
        "cancel_only": False,
        "trading_disabled": row.state != "trading",
        "status": "delisted" if row.state == "ended" else "online",
        "status_message": "",
        "auction_mode": False,
    }


def _refused(message: str) -> Answer:
    return Answer({"message": message}, 400)
