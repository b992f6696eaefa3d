"""CoinCap v3: https://pro.coincap.io/api-docs."""

from collections.abc import Sequence

from providers._assets import Asset
from providers._base import QuoteSource
from providers._models import Quote, RateLimit
from providers._reading import number


class CoinCap(QuoteSource):
    """Wants a key, whose calls cost credits. Failures have an HTTP status."""

    name = "coincap"
    base_urls = ("https://rest.coincap.io",)
    priority = 85
    needs_key = True
    rate_limit = RateLimit(130, 86_400)
    """Cautious: a day's share of the few thousand credits that a free key has in a month."""

    def headers(self) -> dict[str, str]:
        """The key."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """All figures are texts. One time stands for all."""
        by_id = {asset.coincap: asset for asset in assets}
        answer = self.ask("/v3/assets", ids=",".join(by_id))
        return [
            Quote(
                by_id[row["id"]],
                float(row["priceUsd"]),
                "USD",
                time=int(answer["timestamp"]),
                change_24h=number(row["changePercent24Hr"]),
                volume_24h=number(row["volumeUsd24Hr"]),
                market_cap=number(row["marketCapUsd"]),
                rank=int(row["rank"]),
            )
            for row in answer["data"]
            if row["id"] in by_id and row["priceUsd"] is not None
        ]
