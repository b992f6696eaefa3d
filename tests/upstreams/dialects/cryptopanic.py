"""CryptoPanic, developer plan v2. https://cryptopanic.com/developers/api/"""

from __future__ import annotations

from ..feed import Feed
from ..stories import Tale
from ..wire import NOT_FOUND, Answer, Request, iso

NO_VOTES = dict.fromkeys(
    "negative positive important liked disliked lol toxic saved comments".split(),
    0,
)


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as cryptopanic.com does: the old path moves with the token in the new address."""
    token = request.query.get("auth_token")
    match request.path.strip("/").split("/"):
        case ["api", "v1", "posts"]:
            return Answer("", 301, {"Location": f"/api/developer/v2/posts/?auth_token={token}"})
        case ["api", "developer", "v2", "posts"] if not token:
            return Answer({"status": "api_error", "info": "Token not found"}, 401)
        case ["api", "developer", "v2", "posts"]:
            posts = [_post(tale, feed) for tale in feed.stories(20)]
            return Answer({"next": None, "previous": None, "results": posts})
    return NOT_FOUND


def _post(tale: Tale, feed: Feed) -> dict[str, object]:
    post: dict[str, object] = {
        "id": tale.number,
        "slug": str(tale.number),
        "title": tale.title,
        "published_at": feed.stamp(iso(tale.time_ms)),
        "created_at": feed.stamp(iso(tale.time_ms)),
        "kind": "news",
        "original_url": tale.url,
        "url": f"https://cryptopanic.com/news/{tale.number}/",
        "source": {"title": "The Daily Coin", "region": "en", "domain": "news.example", "type": "feed"},
        "instruments": [{"code": tale.code, "title": tale.code, "slug": tale.code.lower()}],
        "votes": NO_VOTES | {"positive": 3 + 4 * tale.sentiment, "negative": 3 - 3 * tale.sentiment},
    }
    if feed.has("no_votes"):
        return {name: post[name] for name in ("id", "title", "created_at", "kind")}
    return post
