"""CryptoPanic, developer plan v2.

https://cryptopanic.com/developers/api/
"""

from __future__ import annotations

from ..feed import Feed
from ..stories import Story
from ..wire import NOT_FOUND, Answer, Request, iso

NO_VOTES = dict.fromkeys(
    "negative positive important liked disliked lol toxic saved comments".split(),
    0,
)


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as cryptopanic.com does: the old path redirects with the token in the new URL."""
    token = request.query.get("auth_token")
    match request.path.strip("/").split("/"):
        case ["api", "v1", "posts"]:
            return Answer("", 301, {"Location": f"/api/developer/v2/posts/?auth_token={token}"})
        case ["api", "developer", "v2", "posts"] if not token:
            return Answer({"status": "api_error", "info": "Token not found"}, 401)
        case ["api", "developer", "v2", "posts"]:
            posts = [_post(story, feed) for story in feed.stories(20)]
            return Answer({"next": None, "previous": None, "results": posts})
    return NOT_FOUND


def _post(story: Story, feed: Feed) -> dict[str, object]:
    post: dict[str, object] = {
        "id": story.number,
        "slug": str(story.number),
        "title": story.title,
        "published_at": feed.stamp(iso(story.time_ms)),
        "created_at": feed.stamp(iso(story.time_ms)),
        "kind": "news",
        "original_url": story.url,
        "url": f"https://cryptopanic.com/news/{story.number}/",
        "source": {"title": "The Daily Coin", "region": "en", "domain": "news.example", "type": "feed"},
        "instruments": [{"code": story.code, "title": story.code, "slug": story.code.lower()}],
        "votes": NO_VOTES | {"positive": 3 + 4 * story.sentiment, "negative": 3 - 3 * story.sentiment},
    }
    if feed.has("no_votes"):
        return {name: post[name] for name in ("id", "title", "created_at", "kind")}
    return post
