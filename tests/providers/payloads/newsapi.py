"""NewsAPI: a status beside the articles."""

from providers import BadData, Headline, ProviderError, RateLimited, Unauthorized, Unavailable
from tests.providers.payloads import Answer, Failure, Payloads


def article(title: str | None, **more: object) -> dict[str, object]:
    """Return one article."""
    return {
        "source": {"id": None, "name": "Reuters"},
        "author": None,
        "title": title,
        "url": "https://reuters.example/a",
        "publishedAt": "2026-01-02T03:00:00Z",
        **more,
    }


def failure(code: str, status: int, error: type[ProviderError], reason: str | None = None) -> Failure:
    """Return the body of an error."""
    return Failure({"status": "error", "code": code, "message": "no"}, error, status, reason)


PAYLOADS = Payloads(
    headlines=[
        Answer(
            "a retracted article is omitted",
            {
                "status": "ok",
                "totalResults": 3,
                "articles": [
                    article("Bitcoin slides"),
                    article("[Removed]", url="https://removed.com"),
                    article(None),
                    article("Unsourced", source=None),
                ],
            },
            [
                Headline("Bitcoin slides", "https://reuters.example/a", "Reuters", 1767322800000),
                Headline("Unsourced", "https://reuters.example/a", "NewsAPI", 1767322800000),
            ],
        ),
        Answer(
            "an article without a time is omitted",
            {"status": "ok", "articles": [article("Lost", publishedAt=None), article("Found")]},
            [Headline("Found", "https://reuters.example/a", "Reuters", 1767322800000)],
        ),
        Answer("nothing found is a fair answer", {"status": "ok", "totalResults": 0, "articles": []}, []),
    ],
    errors=[
        failure("apiKeyMissing", 401, Unauthorized),
        failure("apiKeyInvalid", 401, Unauthorized),
        failure("apiKeyDisabled", 401, Unauthorized),
        failure("apiKeyExhausted", 429, RateLimited),
        failure("rateLimited", 429, RateLimited),
        failure("maximumResultsReached", 426, Unavailable, "HTTP 426"),
        failure("parametersMissing", 400, Unavailable, "HTTP 400"),
        failure("unexpectedError", 200, BadData),
        Failure({"status": "error"}, BadData),
        Failure({"status": "ok", "articles": [article("Lost", publishedAt=None)]}, BadData),
    ],
    requests={
        "headlines": "/v2/everything?q=bitcoin OR ethereum OR cryptocurrency&searchIn=title"
        "&language=en&sortBy=publishedAt&pageSize=100"
    },
)
