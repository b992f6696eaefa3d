"""CryptoCompare, now CoinDesk Data: https://min-api.cryptocompare.com/documentation."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CandleSource, QuoteSource
from providers._errors import RateLimited, Unauthorized, Unsupported
from providers._intervals import SECOND, Interval
from providers._listed import Market
from providers._models import Candle, Quote, RateLimit, Window
from providers._reading import (
    amount,
    candle,
    instant,
    member,
    must_be,
    percent,
    price,
    readable,
    rows_or_empty,
)

AGGREGATED = (("minute", (1, 3, 5, 15, 30)), ("hour", (1, 2, 4, 6, 8, 12)), ("day", (1,)))
"""Its units of time, and how many of them make a candle. Its months are 30 days, so they are left out."""


class CryptoCompare(CandleSource, QuoteSource):
    """Requires a paid key since May 2026. Failures are HTTP 200 with "Error" as `Response`."""

    name = "cryptocompare"
    base_urls = ("https://min-api.cryptocompare.com",)
    priority = 80
    needs_key = True
    rate_limit = RateLimit(300, 60)  # conservative: the limit of its former keyless access
    intervals = {f"{count}{unit[0]}": (unit, count) for unit, counts in AGGREGATED for count in counts}
    max_candles = 2000
    candle_quotes = ("USD",)
    failures = {2: Unsupported, 99: RateLimited, "key": Unauthorized}

    def headers(self) -> dict[str, str]:
        """Return the key as a header."""
        return {"authorization": f"Apikey {self.key}"} if self.key else {}

    def error_code(self, payload: Any) -> object | None:
        """Return the `Type` of an error, or "key" for an invalid key, which only the message mentions."""
        failed = payload.get("Response") == "Error"
        return ("key" if "api key" in payload["Message"].lower() else payload["Type"]) if failed else None

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request the window. CryptoCompare returns one row more than `limit`."""
        first, last = window.bounds(interval, self.now())
        unit, aggregate = self.intervals[interval.code]
        span = {"limit": max(1, interval.count(first, last) - 1), "aggregate": aggregate}
        span |= {"toTs": last // SECOND} if window.bounded else {}
        answer = self.ask(f"/data/v2/histo{unit}", fsym=market.base, tsym=market.quote, **span)
        return rows_or_empty(member(answer["Data"], "Data"))

    def read_candle(self, row: Any, interval: Interval) -> Candle | None:
        """Parse a row. Skip zeros, which precede a listing, and an open candle with inconsistent prices."""
        open_, high, low, close = (row[name] for name in ("open", "high", "low", "close"))
        volumes = row["volumefrom"], row.get("volumeto")
        parsed = candle(instant(row["time"], SECOND), open_, high, low, close, *volumes)
        is_open = parsed.open_time >= interval.open_time(self.now())
        inconsistent = is_open and not parsed.low <= parsed.close <= parsed.high
        return None if parsed.high == 0 or inconsistent else parsed

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request the coins in one call. Omit the volume, which covers only the markets that it follows."""
        raw = self.ask("/data/pricemultifull", fsyms=",".join(it.code for it in assets), tsyms="USD")["RAW"]
        return readable([(asset, raw.get(asset.code)) for asset in assets], lambda each: _quote(*each))


def _quote(asset: Asset, row: Any) -> Quote | None:
    """Return a quote, `None` for a coin without a row."""
    if row is None:
        return None
    usd = row["USD"]
    must_be(usd.get("FROMSYMBOL"), asset.code)
    must_be(usd.get("TOSYMBOL"), "USD")
    change, cap = percent(usd.get("CHANGEPCT24HOUR")), amount(usd.get("MKTCAP"))
    time = instant(usd["LASTUPDATE"], SECOND)
    return Quote(asset, price(usd["PRICE"]), "USD", time, change_24h=change, market_cap=cap)
