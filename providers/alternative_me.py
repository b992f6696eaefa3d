"""alternative.me's Fear & Greed index: https://alternative.me/crypto/fear-and-greed-index/#api."""

from typing import Any

from providers._base import SentimentSource
from providers._models import SECOND, FearGreed, RateLimit
from providers._reading import fear_greed, inside, instant, readable


class AlternativeMe(SentimentSource):
    """Keyless. One value a day, stamped with midnight UTC; every figure is a text."""

    name = "alternative_me"
    title = "alternative.me"
    base_urls = ("https://api.alternative.me",)
    priority = 52
    rate_limit = RateLimit(60, 60)

    def error_code(self, payload: Any) -> object | None:
        """The text in `metadata`, if there is one."""
        error: object | None = inside(inside(payload, "metadata"), "error")
        return error

    def fetch_fear_greed(self, days: int) -> list[FearGreed]:
        """As many days as are asked for, newest first."""
        return readable(self.ask("/fng/", limit=days)["data"], _day)


def _day(row: Any) -> FearGreed:
    return fear_greed(row["value"], row.get("value_classification"), instant(row["timestamp"], SECOND))
