"""CoinCap v3: https://pro.coincap.io/api-docs."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import QuoteSource
from providers._models import Quote, RateLimit
from providers._reading import amount, instant, integer, percent, price, readable


class CoinCap(QuoteSource):
    """Requires a key, whose calls cost credits. Failures have an HTTP error status."""

    name = "coincap"
    base_urls = ("https://rest.coincap.io",)
    priority = 85
    needs_key = True
    rate_limit = RateLimit(130, 86_400)
    """Conservative: a day's share of the few thousand credits that a free key has in a month."""

    def headers(self) -> dict[str, str]:
        """Return the key as a header."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request the coins in one call. Figures are texts, and one time applies to all coins."""
        by_id = {asset.coincap: asset for asset in assets}
        answer = self.ask("/v3/assets", ids=",".join(by_id))
        time = instant(answer["timestamp"])
        return readable(answer["data"], lambda row: _quote(by_id.get(row["id"]), row, time))


def _quote(asset: Asset | None, row: Any, time: int) -> Quote | None:
    """Return a quote, `None` for another coin or a coin without a price."""
    if asset is None or row["priceUsd"] is None:
        return None
    return Quote(
        asset,
        price(row["priceUsd"]),
        "USD",
        time=time,
        change_24h=percent(row.get("changePercent24Hr")),
        volume_24h=amount(row.get("volumeUsd24Hr")),
        market_cap=amount(row.get("marketCapUsd")),
        rank=integer(row.get("rank")),
    )
