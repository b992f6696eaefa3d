"""Coinbase Exchange: https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-product-candles."""

from datetime import UTC, datetime
from typing import Any

from providers._base import CandleSource, MarketLister
from providers._books.coinbase import CoinbaseBooks
from providers._errors import RateLimited, Unsupported
from providers._intervals import SECOND, Interval
from providers._listed import Market
from providers._models import Candle, RateLimit, Window
from providers._reading import amount, candle, instant, member, rows_or_empty, text
from providers._streams.coinbase import CoinbaseStream


class Coinbase(CandleSource, MarketLister, CoinbaseBooks, CoinbaseStream):
    """Keyless. It has dollar markets only, and omits candles without trades."""

    name = "coinbase"
    base_urls = ("https://api.exchange.coinbase.com",)
    priority = 45
    rate_limit = RateLimit(10, 1)
    intervals = {"1m": 60, "5m": 300, "15m": 900, "1h": 3600, "6h": 21_600, "1d": 86_400}
    max_candles = 300
    newest_first = True
    candle_quotes = ("USD",)
    without_candles = frozenset({"TRX"})
    failures = {"NotFound": Unsupported, "Public rate limit exceeded": RateLimited}

    def error_code(self, payload: Any) -> object | None:
        """Return the message of an error, which is an object. Books have none."""
        code: object | None = member(payload, "message")
        return code

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request both bounds or none. Coinbase refuses a range of more than 300 candles."""
        bounds: dict[str, object] = {}
        if window.bounded:
            first, last = window.bounds(interval, self.now())
            bounds = {"start": _iso(first), "end": _iso(last)}
        rows: list[Any] = self.ask(
            f"/products/{market.native}/candles",
            granularity=self.intervals[interval.code],
            **bounds,
        )
        return rows

    def native(self, base: str, quote: str) -> str:
        """Return the codes with a hyphen between them."""
        return f"{base}-{quote}"

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Parse a row in the order low, high, open, close."""
        time, low, high, open_, close, volume, *_ = row
        return candle(instant(time, SECOND), open_, high, low, close, volume)

    def fetch_listing(self) -> list[Any]:
        """Request all products. A third of them ended long ago."""
        return rows_or_empty(self.ask("/products"))

    def read_market(self, row: Any) -> Market:
        """Parse a market. The increment of the quote is that of the price."""
        online = text(row["status"]) == "online" and row["trading_disabled"] is False
        return Market(
            self.name,
            text(row["base_currency"]),
            text(row["quote_currency"]),
            text(row["id"]),
            "trading" if online else "ended" if row["status"] == "delisted" else "halted",
            tick=amount(row.get("quote_increment")),
            step=amount(row.get("base_increment")),
        )


def _iso(time: int) -> str:
    return f"{datetime.fromtimestamp(time / SECOND, UTC):%Y-%m-%dT%H:%M:%SZ}"
