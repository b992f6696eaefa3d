"""CoinGecko v3: https://docs.coingecko.com/reference/coins-markets."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import (
    CandleSource,
    CategorySource,
    ListingSource,
    OverviewSource,
    QuoteSource,
    TrendingSource,
)
from providers._errors import RateLimited, Unauthorized, Unsupported
from providers._models import (
    DAY,
    Candle,
    Category,
    Interval,
    Listing,
    Overview,
    Pair,
    Quote,
    RateLimit,
    Window,
)
from providers._reading import candle, instant, readable
from providers.coingecko import _rows


class CoinGecko(CandleSource, QuoteSource, OverviewSource, ListingSource, TrendingSource, CategorySource):
    """A key is optional; a paid one goes with the pro host. Errors are objects, everything else is a list."""

    name = "coingecko"
    base_urls = ("https://api.coingecko.com",)
    priority = 90
    rate_limit = RateLimit(30, 60)  # the safe figure of a free key; without one it is not published
    intervals = {"4h": None}
    max_candles = reach = 180
    candle_quotes = ("USD",)
    failures = {429: RateLimited, 10012: Unsupported, "coin not found": Unsupported}
    failures |= dict.fromkeys((10002, 10005, 10010, 10011), Unauthorized)

    def headers(self) -> dict[str, str]:
        """The key, named after the host it belongs to."""
        plan = "pro" if "//pro-api." in self._hosts[0] else "demo"
        return {f"x-cg-{plan}-api-key": self.key} if self.key else {}

    def error_code(self, payload: Any) -> object | None:
        """A text in `error`, or a number in `status`, which itself may stand in `error`."""
        good = isinstance(payload, list) or "data" in payload or "coins" in payload
        error = None if good else payload.get("error", payload)
        return error["status"]["error_code"] if isinstance(error, dict) else error

    def fetch_candles(self, pair: Pair, interval: Interval, window: Window) -> list[Any]:
        """The size of a candle follows from `days`."""
        age = interval.open_time(self.now()) + interval.length - window.bounds(interval, self.now())[0]
        days = next((days for days in (7, 14) if age <= days * DAY), 30)
        rows: list[Any] = self.ask(f"/api/v3/coins/{pair.base.coingecko}/ohlc", vs_currency="usd", days=days)
        return rows

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Its stamp is the time of its close. No volumes."""
        time, open_, high, low, close, *_ = row
        return candle(instant(time) - interval.length, open_, high, low, close, None)

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Any figure may be `null`, the price of a coin that was renamed included."""
        by_id = {asset.coingecko: asset for asset in assets}
        more = {"vs_currency": "usd", "per_page": 250, "price_change_percentage": _rows.SPANS}
        rows = self.ask("/api/v3/coins/markets", ids=",".join(by_id), **more)
        return readable(rows, lambda row: _rows.quote(by_id.get(row["id"]), row))

    def fetch_overview(self) -> Overview:
        """Shares and totals by the code of a currency."""
        return _rows.overview(self.ask("/api/v3/global")["data"])

    def fetch_listings(self) -> list[Listing]:
        """A page of 250, which is as many as one call brings."""
        more = {"order": "market_cap_desc", "per_page": 250, "page": 1}
        return readable(self.ask("/api/v3/coins/markets", vs_currency="usd", **more), _rows.listing)

    def fetch_trending(self) -> list[Listing]:
        """Coins stand beside collections and categories, which are left out."""
        return readable(self.ask("/api/v3/search/trending")["coins"], _rows.trend)

    def fetch_categories(self) -> list[Category]:
        """Several hundred of them; many have no figures."""
        return readable(self.ask("/api/v3/coins/categories"), _rows.category)
