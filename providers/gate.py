"""Gate spot market data: https://www.gate.com/docs/developers/apiv4/en/#market-candlesticks."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CandleSource, QuoteSource
from providers._errors import RateLimited, Unsupported
from providers._models import SECOND, Candle, Interval, Pair, Quote, RateLimit, Window
from providers._reading import number, tether_markets


class Gate(CandleSource, QuoteSource):
    """Keyless. Failures are objects with a `label`, of HTTP 4xx."""

    name = "gate"
    base_urls = ("https://api.gateio.ws",)
    priority = 55
    rate_limit = RateLimit(200, 10)
    intervals = {code: code for code in ("1m", "5m", "15m", "1h", "4h", "1d")}
    """Its weeks open on Thursday, so they are not among them."""
    max_candles = 1000
    reach = 10_000
    failures = {
        "INVALID_PARAM_VALUE": Unsupported,
        "INVALID_CURRENCY": Unsupported,
        "INVALID_CURRENCY_PAIR": Unsupported,
        "TOO_FAST": RateLimited,
        "TOO_MANY_REQUESTS": RateLimited,
    }

    def error_code(self, payload: Any) -> object | None:
        """Errors are objects, everything else is a list."""
        return payload["label"] if isinstance(payload, dict) else None

    def fetch_candles(self, pair: Pair, interval: Interval, window: Window) -> list[Candle]:
        """It refuses `limit` along with a range. The volume of the quote stands first, the open sixth."""
        span: dict[str, object] = {"limit": window.limit}
        if window.bounded:
            first, last = window.bounds(interval, self.now())
            span = {"from": first // SECOND, "to": last // SECOND}
        market = f"{pair.base.code}_{pair.quote}"
        code = self.intervals[interval.code]
        return [
            Candle(int(time) * SECOND, float(open_), float(high), float(low), float(close), float(volume))
            for time, _, close, high, low, open_, volume, *_ in self.ask(
                "/api/v4/spot/candlesticks", currency_pair=market, interval=code, **span
            )
        ]

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """It says no time."""
        markets = tether_markets(assets, "_")
        return [
            Quote(markets[market], float(row["last"]), "USDT", change_24h=number(row["change_percentage"]))
            for row in self.ask("/api/v4/spot/tickers")
            if (market := row["currency_pair"]) in markets
        ]
