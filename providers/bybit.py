"""Bybit v5 spot market data: https://bybit-exchange.github.io/docs/v5/market/kline."""

from collections.abc import Mapping, Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CandleSource, QuoteSource
from providers._errors import Blocked, RateLimited, Unsupported
from providers._models import Candle, Interval, Pair, Quote, RateLimit, Window
from providers._reading import per_cent, tether_markets


class Bybit(CandleSource, QuoteSource):
    """Keyless, closed to the US and mainland China. Failures arrive as HTTP 200 with a `retCode`."""

    name = "bybit"
    base_urls = ("https://api.bybit.com",)
    priority = 30
    rate_limit = RateLimit(600, 5)
    intervals = {"1m": "1", "5m": "5", "15m": "15", "1h": "60", "4h": "240", "1d": "D", "1w": "W"}
    max_candles = 1000
    newest_first = True
    failures = {
        10001: Unsupported,
        10006: RateLimited,
        10018: RateLimited,
        10009: Blocked,
        10024: Blocked,
        10029: Unsupported,
    }

    def used(self, headers: Mapping[str, str]) -> int | None:
        """What its limit is, less what is left of it."""
        limit, left = headers.get("X-Bapi-Limit", ""), headers.get("X-Bapi-Limit-Status", "")
        return int(limit) - int(left) if limit.isdecimal() and left.isdecimal() else None

    def error_code(self, payload: Any) -> object | None:
        """0 is success."""
        return payload["retCode"] or None

    def fetch_candles(self, pair: Pair, interval: Interval, window: Window) -> list[Candle]:
        """A start alone may bring the newest rows, so both ends are sent; unsent, `limit` is 200."""
        bounds: dict[str, object] = {}
        if window.bounded:
            bounds = dict(zip(("start", "end"), window.bounds(interval, self.now()), strict=True))
        rows = self.ask(
            "/v5/market/kline",
            category="spot",
            symbol=f"{pair.base.code}{pair.quote}",
            interval=self.intervals[interval.code],
            limit=window.limit,
            **bounds,
        )["result"]["list"]
        return [Candle(int(time), *map(float, values)) for time, *values, _ in rows]

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """The time stands beside the list. `price24hPcnt` is a fraction, whatever its name says."""
        markets = tether_markets(assets)
        answer = self.ask("/v5/market/tickers", category="spot")
        time = int(answer["time"])
        return [
            Quote(
                markets[row["symbol"]],
                float(row["lastPrice"]),
                "USDT",
                time,
                change_24h=per_cent(row["price24hPcnt"]),
            )
            for row in answer["result"]["list"]
            if row["symbol"] in markets
        ]
