"""CoinMarketCap: https://coinmarketcap.com/api/documentation/."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CoinLister, ListingSource, OverviewSource, QuoteSource, SentimentSource
from providers._errors import RateLimited, Unauthorized
from providers._listed import Candidate
from providers._models import FearGreed, Listing, Overview, Quote, RateLimit
from providers._reading import integer, member, readable, rows_or_empty
from providers.coinmarketcap import _rows


class CoinMarketCap(QuoteSource, SentimentSource, OverviewSource, ListingSource, CoinLister):
    """The key is optional: without one, /public-api serves the same data."""

    name = "coinmarketcap"
    base_urls = ("https://pro-api.coinmarketcap.com",)
    priority = 70
    rate_limit = RateLimit(30, 60)
    failures = {
        **dict.fromkeys((1001, 1002, 1005, 1007), Unauthorized),
        **dict.fromkeys((1008, 1009, 1010, 1011), RateLimited),
    }

    def headers(self) -> dict[str, str]:
        """Return the key as a header, if there is one."""
        return {"X-CMC_PRO_API_KEY": self.key} if self.key else {}

    def error_code(self, payload: Any) -> object | None:
        """Return `error_code`, `None` if it is missing, 0 or "0"."""
        return int(member(member(payload, "status"), "error_code") or 0) or None

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request the 200 largest coins, for one credit. Match coins by id, since codes are ambiguous."""
        by_id = {asset.coinmarketcap: asset for asset in assets}
        rows = self._data("/v3/cryptocurrency/listings/latest", start=1, limit=200, convert="USD")
        return readable(rows, lambda row: _rows.quote(by_id.get(integer(row["id"]) or 0), row))

    def fetch_fear_greed(self, days: int) -> list[FearGreed]:
        """Request the newest value only. This index differs from alternative.me's and uses the same scale."""
        return [_rows.fear_greed(self._data("/v3/fear-and-greed/latest"))]

    def fetch_overview(self) -> Overview:
        """Request the overview, for one credit."""
        return _rows.overview(self._data("/v1/global-metrics/quotes/latest"))

    def fetch_listings(self) -> list[Listing]:
        """Request the 250 largest coins, for two credits."""
        rows = self._data("/v3/cryptocurrency/listings/latest", start=1, limit=250, convert="USD")
        return readable(rows, _rows.listing)

    def fetch_coins(self) -> list[Any]:
        """Request the 5000 largest coins, for one credit. Their ids never change."""
        only = {"listing_status": "active", "sort": "cmc_rank", "limit": 5000, "aux": "platform,is_active"}
        return rows_or_empty(self._data("/v1/cryptocurrency/map", **only))

    def read_coin(self, row: Any) -> Candidate | None:
        """Parse a coin. It has the contract of one chain at most."""
        return _rows.candidate(row)

    def _data(self, path: str, **params: object) -> Any:
        return self.ask(path if self.key else f"/public-api{path}", **params)["data"]
