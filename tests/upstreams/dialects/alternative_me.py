"""alternative.me's Fear & Greed index.

https://alternative.me/crypto/fear-and-greed-index/
"""

from __future__ import annotations

from ..feed import Feed
from ..intervals import DAY
from ..wire import NOT_FOUND, Answer, Request


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as api.alternative.me does: with texts, the newest day first."""
    if request.path.strip("/") != "fng":
        return NOT_FOUND
    try:
        days = request.whole("limit", 1)
    except ValueError:
        days = 1
    midnight = feed.now_ms - feed.now_ms % DAY
    rows: list[dict[str, str]] = []
    for time in range(midnight, midnight - days * DAY, -DAY):
        value, word = feed.fear_greed(time)
        rows.append({"value": str(value), "value_classification": word, "timestamp": str(time // 1000)})
    rows[0]["time_until_update"] = str((midnight + DAY - feed.now_ms) // 1000)
    if feed.has("empty"):
        rows = []
    return Answer({"name": "Fear and Greed Index", "data": rows, "metadata": {"error": None}})
