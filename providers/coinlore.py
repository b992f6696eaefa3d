"""CoinLore: https://www.coinlore.com/cryptocurrency-data-api."""

from collections.abc import Sequence

from providers._assets import Asset
from providers._base import OverviewSource, QuoteSource
from providers._models import SECOND, Overview, Quote, RateLimit
from providers._reading import best_ranked, number, whole


class CoinLore(QuoteSource, OverviewSource):
    """Keyless. Has no error bodies of its own."""

    name = "coinlore"
    base_urls = ("https://api.coinlore.net",)
    priority = 65
    rate_limit = RateLimit(60, 60)  # cautious: it asks for about one call a second

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """The hundred largest coins, which is as many as one call brings. One time stands for all."""
        answer = self.ask("/api/tickers/", start=0, limit=100)
        time = int(answer["info"]["time"]) * SECOND
        return [
            Quote(
                asset,
                float(row["price_usd"]),
                "USD",
                time=time,
                change_1h=number(row["percent_change_1h"]),
                change_24h=number(row["percent_change_24h"]),
                change_7d=number(row["percent_change_7d"]),
                volume_24h=number(row["volume24"]),
                market_cap=number(row["market_cap_usd"]),
                rank=int(row["rank"]),
            )
            for asset, row in best_ranked(answer["data"], assets)
        ]

    def fetch_overview(self) -> Overview:
        """A list of one; shares and the change are texts."""
        (data,) = self.ask("/api/global/")
        return Overview(
            market_cap=number(data["total_mcap"]),
            volume_24h=number(data["total_volume"]),
            btc_dominance=number(data["btc_d"]),
            eth_dominance=number(data["eth_d"]),
            coins=whole(data["coins_count"]),
            market_cap_change_24h=number(data.get("mcap_change")),
        )
