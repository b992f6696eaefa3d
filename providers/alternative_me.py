"""alternative.me's Fear & Greed index: https://alternative.me/crypto/fear-and-greed-index/#api."""

from typing import Any

from providers._base import SentimentSource
from providers._intervals import SECOND
from providers._models import FearGreed, RateLimit
from providers._reading import fear_greed, instant, member, readable


class AlternativeMe(SentimentSource):
    """Keyless. It has one value a day, stamped with midnight UTC. Every figure is a text."""

    name = "alternative_me"
    title = "alternative.me"
    base_urls = ("https://api.alternative.me",)
    priority = 52
    rate_limit = RateLimit(60, 60)

    def error_code(self, payload: Any) -> object | None:
        """Return the text in `metadata`, if there is one."""
        error: object | None = member(member(payload, "metadata"), "error")
        return error

    def fetch_fear_greed(self, days: int) -> list[FearGreed]:
        """Request `days` values, newest first."""
        return readable(self.ask("/fng/", limit=days)["data"], _day)


def _day(row: Any) -> FearGreed:
    return fear_greed(row["value"], row.get("value_classification"), instant(row["timestamp"], SECOND))
