"""NewsAPI v2.

https://newsapi.org/docs
"""

from __future__ import annotations

from ..feed import Feed
from ..wire import Answer, Request, iso


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as newsapi.org does, with every other story of the market."""
    if request.path.strip("/") != "v2/everything":
        return _refused(404, "notFound")
    if not (request.headers.get("x-api-key") or request.query.get("apiKey")):
        return _refused(401, "apiKeyMissing")
    if not request.query.get("q"):
        return _refused(400, "parametersMissing")
    try:
        size = min(100, request.whole("pageSize", 100))
    except ValueError:
        return _refused(400, "parameterInvalid")
    newest = feed.stories(2 * size)[::2]
    articles = [
        {
            "source": {"id": None, "name": "News Wire"},
            "author": None,
            "title": story.title,
            "description": None,
            "url": f"{story.url}?utm_source=newsapi",
            "urlToImage": None,
            "publishedAt": feed.stamp(iso(story.time_ms)[:19] + "Z"),
            "content": None,
        }
        for story in newest
    ]
    return Answer({"status": "ok", "totalResults": len(articles), "articles": articles})


def _refused(status: int, code: str) -> Answer:
    return Answer({"status": "error", "code": code, "message": "The stand-in refuses."}, status)
