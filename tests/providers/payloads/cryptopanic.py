"""CryptoPanic: posts with few fields in small plans; errors identified by a word."""

from providers import BadData, Headline, RateLimited, Unauthorized, Unavailable, Votes
from tests.providers.payloads import Answer, Failure, Payloads

WHOLE = {
    "id": 101,
    "slug": "Bitcoin-rallies",
    "title": "Bitcoin <b>rallies</b>",
    "published_at": "2026-01-02T03:00:00Z",
    "created_at": "2026-01-02T03:01:00Z",
    "kind": "news",
    "source": {"title": "CoinDesk", "domain": "coindesk.com", "region": "en", "type": "feed"},
    "original_url": "https://coindesk.com/a",
    "url": "https://cryptopanic.com/news/101/Bitcoin-rallies",
    "instruments": [{"code": "BTC", "title": "Bitcoin"}, {"code": "NEO", "title": "Neo"}],
    "votes": {"negative": 1, "positive": 4, "important": 9, "liked": 2, "disliked": 7},
}
BARE = {"id": 102, "title": "Ether falls", "created_at": "2026-01-02T02:00:00+00:00"}
OLDER = {
    "id": 103,
    "title": "Old shape",
    "published_at": "2026-01-02T01:00:00.968353Z",
    "url": "https://cryptopanic.com/news/103/",
    "source": {"domain": "x.example", "title": None},
    "currencies": [{"code": "ETH"}],
    "votes": {},
}

PAYLOADS = Payloads(
    headlines=[
        Answer(
            "missing fields are unknown",
            {"next": None, "previous": None, "results": [WHOLE, BARE, OLDER]},
            [
                Headline(
                    "Bitcoin <b>rallies</b>",
                    "https://coindesk.com/a",
                    "CoinDesk",
                    1767322800000,
                    ("BTC", "NEO"),
                    Votes(4, 1),
                ),
                Headline("Ether falls", "https://cryptopanic.com/news/102/", "CryptoPanic", 1767319200000),
                Headline(
                    "Old shape",
                    "https://cryptopanic.com/news/103/",
                    "x.example",
                    1767315600968,
                    ("ETH",),
                ),
            ],
        ),
        Answer(
            "a post with an invalid time is omitted, and a time without a zone is UTC",
            {"results": [{**BARE, "created_at": "yesterday"}, {**BARE, "created_at": "2026-01-02T02:00:00"}]},
            [Headline("Ether falls", "https://cryptopanic.com/news/102/", "CryptoPanic", 1767319200000)],
        ),
        Answer("nothing new is a fair answer", {"results": []}, []),
    ],
    errors=[
        Failure({"status": "api_error", "info": "Token not found: secret"}, Unauthorized, 401),
        Failure({"status": "api_error", "info": "Monthly quota exceeded"}, RateLimited, 403),
        Failure({"status": "api_error", "info": "Rate limit"}, RateLimited, 429),
        Failure({"status": "Incomplete", "info": "Not on this plan"}, Unavailable, 403, "HTTP 403"),
        Failure({"status": "Incomplete"}, BadData),
        Failure({"results": [{**BARE, "created_at": "yesterday"}]}, BadData),
    ],
    requests={"headlines": "/api/developer/v2/posts/?auth_token=a-secret-key&public=true"},
)
