"""CryptoPanic: https://cryptopanic.com/developers/api/."""

from typing import Any

from providers._base import NewsSource
from providers._errors import RateLimited, Unauthorized
from providers._models import Headline, RateLimit, Votes
from providers._reading import integer, member, milliseconds, optional_text, readable, rows_or_empty, text

HOME = "https://cryptopanic.com/news/"


class CryptoPanic(NewsSource):
    """Requires a key, as part of the URL. Errors and log lines must therefore never contain a URL."""

    name = "cryptopanic"
    base_urls = ("https://cryptopanic.com",)
    priority = 54
    needs_key = True
    rate_limit = RateLimit(2, 60)  # conservative: small plans have a few hundred calls a month
    failures = {"token": Unauthorized, "quota": RateLimited}

    def error_code(self, payload: Any) -> object | None:
        """Return a code for an error's `info`. The text itself may contain the token, so it is dropped."""
        if "results" in payload:
            return None
        info = str(payload["info"] if "info" in payload else payload["status"]).lower()
        words = {"token": "token", "quota": "quota", "limit": "quota"}
        return next((code for word, code in words.items() if word in info), "an error")

    def fetch_headlines(self) -> list[Headline]:
        """Request the posts. Small plans omit most fields, which are then unknown."""
        rows = self.ask("/api/developer/v2/posts/", auth_token=self.key, public="true")["results"]
        return readable(rows, _headline)


def _headline(row: Any) -> Headline:
    source = row.get("source") or {}
    coins = rows_or_empty(row.get("instruments")) or rows_or_empty(row.get("currencies"))
    return Headline(
        title=text(row["title"]),
        url=optional_text(row.get("original_url")) or optional_text(row.get("url")) or _address(row),
        source=optional_text(source.get("title")) or optional_text(source.get("domain")) or "CryptoPanic",
        time=milliseconds(row.get("published_at") or row["created_at"]),
        codes=tuple(text(coin["code"]) for coin in coins),
        votes=_votes(row.get("votes")),
    )


def _address(row: Any) -> str:
    """Return the address of a post that lacks one."""
    number = integer(row["id"])
    if number is None:
        raise ValueError("a post without an id")
    return f"{HOME}{number}/{optional_text(row.get('slug')) or ''}"


def _votes(votes: Any) -> Votes | None:
    """Return the votes, `None` if either figure is unknown."""
    good, bad = integer(member(votes, "positive"), minimum=0), integer(member(votes, "negative"), minimum=0)
    return None if good is None or bad is None else Votes(good, bad)
