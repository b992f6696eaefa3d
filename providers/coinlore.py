"""CoinLore: https://www.coinlore.com/cryptocurrency-data-api."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import OverviewSource, QuoteSource
from providers._models import SECOND, Overview, Quote, RateLimit
from providers._reading import amount, instant, percent, price, ranked_rows, readable, share, whole


class CoinLore(QuoteSource, OverviewSource):
    """Keyless. Has no error bodies of its own."""

    name = "coinlore"
    base_urls = ("https://api.coinlore.net",)
    priority = 65
    rate_limit = RateLimit(60, 60)  # cautious: it asks for about one call a second

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """The hundred largest coins, which is as many as one call brings. One time stands for all."""
        answer = self.ask("/api/tickers/", start=0, limit=100)
        time = instant(answer["info"]["time"], SECOND)
        return readable(ranked_rows(answer["data"], assets), lambda ranked: _quote(ranked, time))

    def fetch_overview(self) -> Overview:
        """A list of one; shares and the change are texts."""
        return readable(self.ask("/api/global/"), _overview)[0]


def _quote(ranked: tuple[Asset, Any], time: int) -> Quote:
    asset, row = ranked
    return Quote(
        asset,
        price(row["price_usd"]),
        "USD",
        time=time,
        change_1h=percent(row.get("percent_change_1h")),
        change_24h=percent(row.get("percent_change_24h")),
        change_7d=percent(row.get("percent_change_7d")),
        volume_24h=amount(row.get("volume24")),
        market_cap=amount(row.get("market_cap_usd")),
        rank=whole(row.get("rank")),
    )


def _overview(row: Any) -> Overview:
    return Overview(
        market_cap=amount(row.get("total_mcap")),
        volume_24h=amount(row.get("total_volume")),
        btc_dominance=share(row.get("btc_d")),
        eth_dominance=share(row.get("eth_d")),
        coins=whole(row.get("coins_count")),
        market_cap_change_24h=percent(row.get("mcap_change")),
    )
