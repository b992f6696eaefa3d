"""CoinGecko v3: https://docs.coingecko.com/reference/coins-markets."""

from collections.abc import Iterator, Sequence
from typing import Any

from providers._assets import Asset
from providers._base import (
    CandleSource,
    CategorySource,
    CoinLister,
    FigureSource,
    ListingSource,
    OverviewSource,
    QuoteSource,
    TrendingSource,
)
from providers._errors import RateLimited, Unauthorized, Unsupported
from providers._intervals import DAY, Interval
from providers._listed import MAX_LISTED, Candidate, Market
from providers._models import Candle, Category, Figures, Listing, Overview, Quote, RateLimit, Window
from providers._pairs import Pair
from providers._reading import candle, instant, readable, rows_or_empty
from providers.coingecko import _rows

RANKED_PAGES, PAGE = 4, 250
"""Pages of the list that has ranks, and the coins on each."""


class CoinGecko(
    CandleSource,
    QuoteSource,
    OverviewSource,
    ListingSource,
    TrendingSource,
    CategorySource,
    CoinLister,
    FigureSource,
):
    """The key is optional, and a paid one requires the pro host. Errors are objects, most data is lists."""

    name = "coingecko"
    base_urls = ("https://api.coingecko.com",)
    priority = 90
    rate_limit = RateLimit(
        30, 60
    )  # the documented limit of a free key; that of keyless access is unpublished
    intervals = {"30m": None, "4h": None}
    max_candles = reach = 180
    coins_weight = 1 + RANKED_PAGES
    figures_weight = RANKED_PAGES
    max_bytes = 4 * 1024 * 1024
    """The list of all coins with their contracts takes 2.6 MB."""
    candle_quotes = ("USD",)
    failures = {429: RateLimited, 10012: Unsupported, "coin not found": Unsupported}
    failures |= dict.fromkeys((10002, 10005, 10010, 10011), Unauthorized)

    def headers(self) -> dict[str, str]:
        """Return the key, in the header that its host expects."""
        plan = "pro" if "//pro-api." in self._hosts[0] else "demo"
        return {f"x-cg-{plan}-api-key": self.key} if self.key else {}

    def error_code(self, payload: Any) -> object | None:
        """Return the text in `error`, or the number in `status`, which may be nested in `error`."""
        good = isinstance(payload, list) or "data" in payload or "coins" in payload
        error = None if good else payload.get("error", payload)
        return error["status"]["error_code"] if isinstance(error, dict) else error

    def kept(self, interval: Interval) -> int:
        """Return the candles of 30 days, or of one day for the shorter interval."""
        return 48 if interval.code == "30m" else self.reach

    def market(self, pair: Pair, window: Window | None = None) -> Market | None:
        """Return the dollar prices of any coin whose id is known."""
        if not pair.base.coingecko or not pair.plain:
            return None
        return Market(self.name, pair.base.code, "USD", pair.base.coingecko)

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[Any]:
        """Request the window by `days`, which determines the interval of the candles."""
        closes = interval.after(interval.open_time(self.now()))
        age = closes - window.bounds(interval, self.now())[0]
        spans = (1,) if interval.code == "30m" else (7, 14, 30)
        days = next((days for days in spans if age <= days * DAY), spans[-1])
        rows: list[Any] = self.ask(f"/api/v3/coins/{market.native}/ohlc", vs_currency="usd", days=days)
        return rows

    def read_candle(self, row: Any, interval: Interval) -> Candle:
        """Parse a row, which has its close time and no volume."""
        time, open_, high, low, close, *_ = row
        return candle(instant(time) - interval.length, open_, high, low, close, None)

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request the coins. Any figure may be `null`, even the price, as for a renamed coin."""
        by_id = {asset.coingecko: asset for asset in assets}
        more = {"vs_currency": "usd", "per_page": 250, "price_change_percentage": _rows.SPANS}
        rows = self.ask("/api/v3/coins/markets", ids=",".join(by_id), **more)
        return readable(rows, lambda row: _rows.quote(by_id.get(row["id"]), row))

    def fetch_overview(self) -> Overview:
        """Request the overview, with shares and totals by currency code."""
        return _rows.overview(self.ask("/api/v3/global")["data"])

    def fetch_listings(self) -> list[Listing]:
        """Request one page of 250 coins, the most that one call returns."""
        more = {"order": "market_cap_desc", "per_page": 250, "page": 1}
        return readable(self.ask("/api/v3/coins/markets", vs_currency="usd", **more), _rows.listing)

    def fetch_trending(self) -> list[Listing]:
        """Request the trending list, and omit its collections and categories."""
        return readable(self.ask("/api/v3/search/trending")["coins"], _rows.trend)

    def fetch_categories(self) -> list[Category]:
        """Request the several hundred categories, many of which have no figures."""
        return readable(self.ask("/api/v3/coins/categories"), _rows.category)

    def fetch_coins(self) -> list[Any]:
        """Request all coins, and the ranks of the thousand largest, which are in another list."""
        coins = rows_or_empty(self.ask("/api/v3/coins/list", include_platform="true"), MAX_LISTED)
        ranks: dict[str, int | None] = {}
        for rows in self._ranked_pages():
            ranks |= readable(rows, _rows.rank)
        return [(row, ranks) for row in coins]

    def read_coin(self, row: Any) -> Candidate:
        """Parse a coin. Its code is in lower case."""
        return _rows.candidate(*row)

    def fetch_figures(self) -> list[Any]:
        """Request the thousand largest coins, 250 a call."""
        return [row for rows in self._ranked_pages(price_change_percentage=_rows.SPANS) for row in rows]

    def read_figures(self, row: Any) -> Figures | None:
        """Parse a coin. Any figure may be `null`, even the price."""
        return _rows.figures(row)

    def _ranked_pages(self, **more: object) -> Iterator[list[Any]]:
        """Request the pages of the largest coins."""
        usual = {"vs_currency": "usd", "order": "market_cap_desc", "per_page": PAGE}
        for page in range(1, RANKED_PAGES + 1):
            yield rows_or_empty(self.ask("/api/v3/coins/markets", **usual, page=page, **more))
