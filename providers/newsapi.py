"""NewsAPI: https://newsapi.org/docs/endpoints/everything."""

from typing import Any

from providers._base import NewsSource
from providers._errors import RateLimited, Unauthorized
from providers._models import Headline, RateLimit
from providers._reading import milliseconds, optional_text, readable, text

TOPICS = "bitcoin OR ethereum OR cryptocurrency"
REMOVED = "[Removed]"


class NewsApi(NewsSource):
    """Requires a key. Its free plan delays stories by a day and allows 100 calls a day."""

    name = "newsapi"
    base_urls = ("https://newsapi.org",)
    priority = 56
    needs_key = True
    rate_limit = RateLimit(50, 43_200)
    failures = {
        **dict.fromkeys(("apiKeyMissing", "apiKeyInvalid", "apiKeyDisabled"), Unauthorized),
        **dict.fromkeys(("apiKeyExhausted", "rateLimited"), RateLimited),
    }

    def headers(self) -> dict[str, str]:
        """Return the key as a header."""
        return {"X-Api-Key": self.key} if self.key else {}

    def error_code(self, payload: Any) -> object | None:
        """Return `code` if the status is not "ok"."""
        return None if payload["status"] == "ok" else payload.get("code") or "an error"

    def fetch_headlines(self) -> list[Headline]:
        """Request the stories. Retracted ones are still listed, with `[Removed]` as their title."""
        more = {"language": "en", "sortBy": "publishedAt", "pageSize": 100}
        rows = self.ask("/v2/everything", q=TOPICS, searchIn="title", **more)["articles"]
        return readable(rows, _headline)


def _headline(row: Any) -> Headline | None:
    """Return a headline, `None` for a retracted one."""
    title = text(row["title"])
    source = optional_text((row.get("source") or {}).get("name")) or "NewsAPI"
    time = milliseconds(row["publishedAt"])
    return None if title == REMOVED else Headline(title, text(row["url"]), source, time)
