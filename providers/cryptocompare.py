"""CryptoCompare, now CoinDesk Data: https://min-api.cryptocompare.com/documentation."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CandleSource, QuoteSource
from providers._errors import RateLimited, Unauthorized, Unsupported
from providers._models import SECOND, Candle, Interval, Pair, Quote, RateLimit, Window
from providers._reading import number

MINUTES = {"1m": ("minute", 1), "5m": ("minute", 5), "15m": ("minute", 15)}


class CryptoCompare(CandleSource, QuoteSource):
    """Wants a paid key since May 2026. Failures arrive as HTTP 200 with "Error" as `Response`."""

    name = "cryptocompare"
    base_urls = ("https://min-api.cryptocompare.com",)
    priority = 80
    needs_key = True
    rate_limit = RateLimit(300, 60)  # cautious: what it gave away before it wanted a key
    intervals = {**MINUTES, "1h": ("hour", 1), "4h": ("hour", 4), "1d": ("day", 1)}
    max_candles = 2000
    candle_quotes = ("USD",)
    failures = {2: Unsupported, 99: RateLimited, "key": Unauthorized}

    def headers(self) -> dict[str, str]:
        """The key."""
        return {"authorization": f"Apikey {self.key}"} if self.key else {}

    def error_code(self, payload: Any) -> object | None:
        """Its `Type`; that the key is the matter only the message says."""
        failed = payload.get("Response") == "Error"
        return ("key" if "api key" in payload["Message"].lower() else payload["Type"]) if failed else None

    def fetch_candles(self, pair: Pair, interval: Interval, window: Window) -> list[Candle]:
        """One more than `limit` comes, zeros from before a listing, and a running row that may be unsound."""
        first, last = window.bounds(interval, self.now())
        unit, aggregate = self.intervals[interval.code]
        span = {"limit": max(1, (last - first) // interval.length), "aggregate": aggregate}
        span |= {"toTs": last // SECOND} if window.bounded else {}
        answer = self.ask(f"/data/v2/histo{unit}", fsym=pair.base.code, tsym=pair.quote, **span)
        candles = [_candle(row) for row in answer["Data"]["Data"] if row["high"]]
        running = interval.open_time(self.now())
        return [it for it in candles if it.open_time < running or it.low <= it.close <= it.high]

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Its volume is that of the markets it follows, not market-wide, and so left out."""
        raw = self.ask("/data/pricemultifull", fsyms=",".join(it.code for it in assets), tsyms="USD")["RAW"]
        return [_quote(asset, raw[asset.code]["USD"]) for asset in assets if asset.code in raw]


def _candle(row: Any) -> Candle:
    open_, high, low, close = (float(row[name]) for name in ("open", "high", "low", "close"))
    return Candle(int(row["time"]) * SECOND, open_, high, low, close, float(row["volumefrom"]))


def _quote(asset: Asset, usd: Any) -> Quote:
    time, change, cap = int(usd["LASTUPDATE"]) * SECOND, number(usd["CHANGEPCT24HOUR"]), number(usd["MKTCAP"])
    return Quote(asset, float(usd["PRICE"]), "USD", time, change_24h=change, market_cap=cap)
