"""Bitstamp's public market data: https://www.bitstamp.net/api/."""

from collections.abc import Sequence
from typing import Any

from providers._assets import ASSETS, Asset
from providers._base import CandleSource, QuoteSource
from providers._models import SECOND, Candle, Interval, Pair, Quote, RateLimit, Window
from providers._reading import candle, inside, instant, listed, must_be, percent, price, readable

WITH_DOLLARS = frozenset(
    "BTC ETH SOL XRP ADA DOT LINK LTC BCH AVAX XLM DOGE SHIB UNI NEAR SUI HBAR AAVE".split()
)
"""The coins whose dollar market is known to be there: for others it has a page that says 404."""


class Bitstamp(CandleSource, QuoteSource):
    """Keyless. Its tether markets are hardly traded, so its dollar markets stand for them."""

    name = "bitstamp"
    base_urls = ("https://www.bitstamp.net",)
    priority = 57
    rate_limit = RateLimit(8000, 600)
    intervals = {"1m": 60, "5m": 300, "15m": 900, "1h": 3600, "4h": 14_400, "1d": 86_400}
    """It has no weeks."""
    max_candles = 1000
    candle_quotes = ("USD",)
    without_candles = frozenset(asset.code for asset in ASSETS) - WITH_DOLLARS

    def error_code(self, payload: Any) -> object | None:
        """The code or the reason of a failure, whichever it gives; tickers are a list."""
        if inside(payload, "status") == "error":
            return str(payload.get("code") or payload.get("reason"))
        error: object | None = inside(payload, "error")
        return error

    def fetch_candles(self, pair: Pair, interval: Interval, window: Window) -> list[Any]:
        """The newest `limit` up to `end`, which counts inclusively; a `start` beside it has no effect."""
        first, last = window.bounds(interval, self.now())
        code = self.code_of(pair.base, window)
        told = self.ask(
            f"/api/v2/ohlc/{code}{pair.quote}/".lower(),
            step=self.intervals[interval.code],
            limit=(last - first) // interval.length + 1,
            **({"end": (last + interval.length) // SECOND - 1} if window.bounded else {}),
        )["data"]
        must_be(told.get("pair"), f"{code}/{pair.quote}")
        return listed(told["ohlc"])

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Texts, times in seconds."""
        time = instant(row["timestamp"], SECOND)
        return candle(time, row["open"], row["high"], row["low"], row["close"], row["volume"])

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """All markets in one call, tether's among them. `open` is the day's, the change that of 24 hours."""
        markets = {f"{self.code_of(asset)}/USD": asset for asset in assets}
        return readable(self.ask("/api/v2/ticker/"), lambda row: _quote(markets.get(row["pair"]), row))


def _quote(asset: Asset | None, row: Any) -> Quote | None:
    if asset is None:
        return None
    time, change = instant(row["timestamp"], SECOND), percent(row.get("percent_change_24"))
    return Quote(asset, price(row["last"]), "USD", time, change_24h=change)
