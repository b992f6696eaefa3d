"""What texts say, how the market feels, and news."""

from flask import Blueprint, Response
from marshmallow import EXCLUDE

from engine.analysis.scorer import MODEL, OWN_WORDS
from engine.timestamps import iso
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.api._analysing import analysed
from engine.web.compat import _asking
from engine.web.compat._translation import Origin, present, respond
from engine.web.endpoint import endpoint, feature
from engine.web.services import current_services
from schemas.compat.dreammaker import (
    GlobalSentiment,
    LatestNews,
    LatestNewsQuery,
    ModelHealth,
    Registry,
    SentimentBody,
    SentimentVerdict,
)

bp = Blueprint("dreammaker_sentiment", __name__, url_prefix="/api")

WORDS = {"bullish": "positive", "bearish": "negative", "neutral": "neutral"}
"""What it calls what a text says."""


@bp.get("/hf/health")
@limiter.limit(quota("default"))
@endpoint(answer=ModelHealth, unknown=EXCLUDE)
def get_model_health() -> dict[str, object]:
    """Whether texts can be judged, and with what."""
    status = "up" if _judges() else "disabled"
    return {
        "status": status,
        "model": MODEL,
        "words": OWN_WORDS,
        "timestamp": iso(current_services().market.now()),
    }


@bp.get("/hf/registry")
@limiter.limit(quota("default"))
@endpoint(answer=Registry, unknown=EXCLUDE)
def get_registry() -> dict[str, object]:
    """The models and the sources of data that are in use."""
    model = {"name": MODEL, "task": "text-sentiment", "enabled": _judges(), "words": OWN_WORDS}
    sources = [
        {name: row[name] for name in ("name", "status", "capabilities")}
        for row in current_services().market.status.providers()
        if row["enabled"]
    ]
    return {"models": [model], "data_sources": sources}


@bp.post("/hf/run-sentiment")
@limiter.limit(quota("sentiment"))
@feature("enable_sentiment")
@endpoint(body=SentimentBody, answer=SentimentVerdict, unknown=EXCLUDE)
def run_sentiment(text: str) -> dict[str, object]:
    """What a text says about prices."""
    (row,) = analysed([text])
    return {**row, "sentiment": WORDS[str(row["sentiment"])]}


@bp.get("/sentiment/global")
@limiter.limit(quota("sentiment"))
@feature("enable_sentiment")
@endpoint(answer=GlobalSentiment, unknown=EXCLUDE)
def get_global_sentiment() -> Response:
    """The Fear & Greed index in one of five classes."""
    found = _asking.sentiment()
    newest = present(found.index, "fearGreed", found.failed)[0]
    body = {
        "success": True,
        "fear_greed_index": newest.value,
        "sentiment": newest.classification.lower().replace(" ", "_"),
        "value": newest.value,
        "timestamp": iso(newest.time / 1000),
    }
    return respond(body, Origin(found.validity, found.sources[:1]))  # the index's own source is the first


@bp.get("/news/latest")
@limiter.limit(quota("default"))
@feature("enable_news")
@endpoint(query=LatestNewsQuery, answer=LatestNews, unknown=EXCLUDE)
def get_latest_news(limit: int) -> Response:
    """Stories of all news providers, each once, the newest first."""
    found = _asking.news(limit)
    articles = [
        {
            "title": story.title,
            "url": story.url,
            "source": story.source,
            "published_at": iso(story.time / 1000),
            "sentiment": story.sentiment,
        }
        for story in found.stories
    ]
    return respond({"success": True, "articles": articles}, Origin.of(found))


def _judges() -> bool:
    return bool(current_services().settings.enable_sentiment)
