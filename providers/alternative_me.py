"""alternative.me's Fear & Greed index: https://alternative.me/crypto/fear-and-greed-index/#api."""

from typing import Any

from providers._base import SentimentSource
from providers._models import SECOND, FearGreed, RateLimit


class AlternativeMe(SentimentSource):
    """Keyless. One value a day, stamped with midnight UTC; every figure is a text."""

    name = "alternative_me"
    title = "alternative.me"
    base_urls = ("https://api.alternative.me",)
    priority = 52
    rate_limit = RateLimit(60, 60)

    def error_code(self, payload: Any) -> object | None:
        """The text in `metadata`, if there is one."""
        return (payload.get("metadata") or {}).get("error")

    def fetch_fear_greed(self, days: int) -> list[FearGreed]:
        """As many days as are asked for, newest first."""
        rows = self.ask("/fng/", limit=days)["data"]
        return [
            FearGreed(int(row["value"]), str(row["value_classification"]), int(row["timestamp"]) * SECOND)
            for row in rows
        ]
