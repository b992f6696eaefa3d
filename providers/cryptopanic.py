"""CryptoPanic: https://cryptopanic.com/developers/api/."""

from typing import Any

from providers._base import NewsSource
from providers._errors import RateLimited, Unauthorized
from providers._models import Headline, RateLimit, Votes
from providers._reading import given_text, inside, listed, milliseconds, readable, text, whole

HOME = "https://cryptopanic.com/news/"


class CryptoPanic(NewsSource):
    """Wants a key, and wants it in the address: no error and no log line may repeat an address."""

    name = "cryptopanic"
    base_urls = ("https://cryptopanic.com",)
    priority = 54
    needs_key = True
    rate_limit = RateLimit(2, 60)  # cautious: small plans have a few hundred calls a month
    failures = {"token": Unauthorized, "quota": RateLimited}

    def error_code(self, payload: Any) -> object | None:
        """Its errors are objects with an `info`, which may repeat the token and so is not passed on."""
        if "results" in payload:
            return None
        info = str(payload["info"] if "info" in payload else payload["status"]).lower()
        words = {"token": "token", "quota": "quota", "limit": "quota"}
        return next((code for word, code in words.items() if word in info), "an error")

    def fetch_headlines(self) -> list[Headline]:
        """Small plans leave out most fields: what is not there is not known."""
        rows = self.ask("/api/developer/v2/posts/", auth_token=self.key, public="true")["results"]
        return readable(rows, _headline)


def _headline(row: Any) -> Headline:
    source = row.get("source") or {}
    coins = listed(row.get("instruments")) or listed(row.get("currencies"))
    return Headline(
        title=text(row["title"]),
        url=given_text(row.get("original_url")) or given_text(row.get("url")) or _address(row),
        source=given_text(source.get("title")) or given_text(source.get("domain")) or "CryptoPanic",
        time=milliseconds(row.get("published_at") or row["created_at"]),
        codes=tuple(text(coin["code"]) for coin in coins),
        votes=_votes(row.get("votes")),
    )


def _address(row: Any) -> str:
    """Where a post is to be read that does not say so."""
    number = whole(row["id"])
    if number is None:
        raise ValueError("a post without a number")
    return f"{HOME}{number}/{given_text(row.get('slug')) or ''}"


def _votes(told: Any) -> Votes | None:
    """`None` where either figure is not known."""
    good, bad = whole(inside(told, "positive"), least=0), whole(inside(told, "negative"), least=0)
    return None if good is None or bad is None else Votes(good, bad)
