"""Bitstamp's public market data: https://www.bitstamp.net/api/."""

from collections.abc import Sequence
from typing import Any

from providers._assets import ASSETS, Asset
from providers._base import CandleSource, QuoteSource, TickerSource
from providers._books.bitstamp import BitstampBooks
from providers._intervals import SECOND, Interval
from providers._listed import Market, Ticker
from providers._models import Candle, Quote, RateLimit, Window
from providers._reading import (
    candle,
    decimals,
    figure,
    instant,
    member,
    must_be,
    optional_text,
    percent,
    price,
    readable,
    rows_or_empty,
    text,
    traded,
    untraded,
)

WITH_DOLLARS = frozenset(
    "BTC ETH SOL XRP ADA DOT LINK LTC BCH AVAX XLM DOGE SHIB UNI NEAR SUI HBAR AAVE".split()
)
"""The coins that have a dollar market. Bitstamp answers requests for others with an HTML page and 404."""

DAY = {"open": "open_24", "high": "high", "low": "low", "volume": "volume", "mean": "vwap"}
DAY |= {"bid": "bid", "ask": "ask"}
"""Figures of a day by their names in a ticker."""


class Bitstamp(CandleSource, QuoteSource, TickerSource, BitstampBooks):
    """Keyless. Its USDT markets are hardly traded, so its dollar markets replace them."""

    name = "bitstamp"
    base_urls = ("https://www.bitstamp.net",)
    priority = 57
    rate_limit = RateLimit(8000, 600)
    intervals = {"1m": 60, "3m": 180, "5m": 300, "15m": 900, "30m": 1800}
    intervals |= {"1h": 3600, "2h": 7200, "4h": 14_400, "6h": 21_600, "12h": 43_200}
    intervals |= {"1d": 86_400, "3d": 259_200}
    """Bitstamp has neither weeks nor months."""
    max_candles = 1000
    candle_quotes = ("USD",)
    prefers_dollars = True
    without_candles = frozenset(asset.code for asset in ASSETS) - WITH_DOLLARS

    def error_code(self, payload: Any) -> object | None:
        """Return the code or the reason of a failure, whichever Bitstamp sends. Tickers are a list."""
        if member(payload, "status") == "error":
            return str(payload.get("code") or payload.get("reason"))
        error: object | None = member(payload, "error")
        return error

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request the newest `limit` candles up to `end`, inclusive. Bitstamp ignores a `start` beside it."""
        first, last = window.bounds(interval, self.now())
        data = self.ask(
            f"/api/v2/ohlc/{market.native}/",
            step=self.intervals[interval.code],
            limit=interval.count(first, last),
            **({"end": interval.after(last) // SECOND - 1} if window.bounded else {}),
        )["data"]
        must_be(data.get("pair"), f"{market.base}/{market.quote}")
        return rows_or_empty(data["ohlc"])

    def native(self, base: str, quote: str) -> str:
        """Return the name in lower case."""
        return f"{base}{quote}".lower()

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Parse a row of texts, with its time in seconds."""
        time = instant(row["timestamp"], SECOND)
        return candle(time, row["open"], row["high"], row["low"], row["close"], row["volume"])

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request all markets in one call. The change is over 24 hours; `open` is that of the day."""
        markets = {f"{self.code_of(asset)}/USD": asset for asset in assets}
        return readable(self.ask("/api/v2/ticker/"), lambda row: _quote(markets.get(row["pair"]), row))

    def fetch_listing(self) -> list[Any]:
        """Request all markets, perpetual contracts included."""
        return rows_or_empty(self.ask("/api/v2/trading-pairs-info/"))

    def read_market(self, row: Any) -> Market | None:
        """Parse a market. Its `description` has full names: "Bitcoin / Euro"."""
        if row.get("market_type", "SPOT") != "SPOT":
            return None
        base, _, quote = text(row["name"]).partition("/")
        name, _, _ = (optional_text(row.get("description")) or "").partition(" / ")
        return Market(
            self.name,
            text(base),
            text(quote),
            text(row["url_symbol"]),
            "trading" if text(row["trading"]) == "Enabled" else "halted",
            tick=decimals(row.get("counter_decimals")),
            step=decimals(row.get("base_decimals")),
            name=name or None,
        )

    def fetch_tickers(self) -> list[Any]:
        """Request all tickers, those of perpetual contracts included."""
        return rows_or_empty(self.ask("/api/v2/ticker/"))

    def read_ticker(self, row: Any) -> Ticker | None:
        """Parse a ticker. Its volume is in the coin, and `BTC/USD` is requested as `btcusd`."""
        native = text(row["pair"]).replace("/", "").lower()
        volume = figure(row["volume"]) * figure(row["last"])
        change = percent(row.get("percent_change_24"))
        day = {name: row.get(key) for name, key in DAY.items()}
        return traded(native, row["last"], volume, instant(row["timestamp"], SECOND), change, **day)


def _quote(asset: Asset | None, row: Any) -> Quote | None:
    if asset is None or untraded(row.get("volume")):
        return None
    time, change = instant(row["timestamp"], SECOND), percent(row.get("percent_change_24"))
    return Quote(asset, price(row["last"]), "USD", time, change_24h=change)
