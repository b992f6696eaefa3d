"""CryptoCompare, now CoinDesk Data: https://min-api.cryptocompare.com/documentation."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CandleSource, QuoteSource
from providers._errors import RateLimited, Unauthorized, Unsupported
from providers._models import SECOND, Candle, Interval, Pair, Quote, RateLimit, Window
from providers._reading import amount, candle, inside, instant, listed, must_be, percent, price, readable

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

    def fetch_candles(self, pair: Pair, interval: Interval, window: Window) -> list[Any]:
        """One more than `limit` comes."""
        first, last = window.bounds(interval, self.now())
        unit, aggregate = self.intervals[interval.code]
        span = {"limit": max(1, (last - first) // interval.length), "aggregate": aggregate}
        span |= {"toTs": last // SECOND} if window.bounded else {}
        answer = self.ask(f"/data/v2/histo{unit}", fsym=pair.base.code, tsym=pair.quote, **span)
        return listed(inside(answer["Data"], "Data"))

    def read_candle(self, row: Any, interval: Interval) -> Candle | None:
        """Zeros are from before a listing, and the running row may be unsound: neither is a candle."""
        figures = (row[name] for name in ("open", "high", "low", "close", "volumefrom"))
        one = candle(instant(row["time"], SECOND), *figures)
        running = one.open_time >= interval.open_time(self.now())
        return None if one.high == 0 or (running and not one.low <= one.close <= one.high) else one

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Its volume is that of the markets it follows, not market-wide, and so left out."""
        raw = self.ask("/data/pricemultifull", fsyms=",".join(it.code for it in assets), tsyms="USD")["RAW"]
        return readable([(asset, raw.get(asset.code)) for asset in assets], lambda told: _quote(*told))


def _quote(asset: Asset, told: Any) -> Quote | None:
    """`None` where nothing is told of it."""
    if told is None:
        return None
    usd = told["USD"]
    must_be(usd.get("FROMSYMBOL"), asset.code)
    must_be(usd.get("TOSYMBOL"), "USD")
    change, cap = percent(usd.get("CHANGEPCT24HOUR")), amount(usd.get("MKTCAP"))
    time = instant(usd["LASTUPDATE"], SECOND)
    return Quote(asset, price(usd["PRICE"]), "USD", time, change_24h=change, market_cap=cap)
