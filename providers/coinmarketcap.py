"""CoinMarketCap: https://coinmarketcap.com/api/documentation/."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import QuoteSource
from providers._errors import RateLimited, Unauthorized
from providers._models import Quote, RateLimit
from providers._reading import milliseconds, number, whole


class CoinMarketCap(QuoteSource):
    """A key is optional: without one the same is to be had under /public-api."""

    name = "coinmarketcap"
    base_urls = ("https://pro-api.coinmarketcap.com",)
    priority = 70
    rate_limit = RateLimit(30, 60)
    failures = {
        **dict.fromkeys((1001, 1002, 1005, 1007), Unauthorized),
        **dict.fromkeys((1008, 1009, 1010, 1011), RateLimited),
    }

    def headers(self) -> dict[str, str]:
        """The key, if there is one."""
        return {"X-CMC_PRO_API_KEY": self.key} if self.key else {}

    def error_code(self, payload: Any) -> object | None:
        """0, "0" or nothing at all is success."""
        return int(payload.get("status", {}).get("error_code") or 0) or None

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """The 200 largest coins, which is one credit. Coins are told apart by number, never by code."""
        by_id = {asset.coinmarketcap: asset for asset in assets}
        path = "/v3/cryptocurrency/listings/latest"
        rows = self.ask(path if self.key else f"/public-api{path}", start=1, limit=200, convert="USD")["data"]
        return [_quote(by_id[row["id"]], row) for row in rows if row["id"] in by_id]


def _quote(asset: Asset, row: Any) -> Quote:
    """`quote` is an object by currency, or a list with an object for each."""
    usd = row["quote"]
    if isinstance(usd, list):
        usd = {entry.get("symbol") or entry["name"]: entry for entry in usd}
    usd = usd["USD"]
    return Quote(
        asset,
        float(usd["price"]),
        "USD",
        time=milliseconds(usd["last_updated"]),
        change_1h=number(usd["percent_change_1h"]),
        change_24h=number(usd["percent_change_24h"]),
        change_7d=number(usd["percent_change_7d"]),
        volume_24h=number(usd["volume_24h"]),
        market_cap=number(usd["market_cap"]),
        rank=whole(row["cmc_rank"]),
    )
