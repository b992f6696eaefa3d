"""The sentiment of texts and of the market, and news."""

from flask import Blueprint, Response
from marshmallow import EXCLUDE

from engine.analysis.scorer import MODEL, OWN_WORDS
from engine.timestamps import iso
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.api._analysing import analysed, verdict_row
from engine.web.api._status_rows import health_word
from engine.web.compat import _use_cases
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
"""The sentiments by the clients' names."""


@bp.get("/hf/health")
@limiter.limit(quota("default"))
@endpoint(answer=ModelHealth, unknown=EXCLUDE)
def get_model_health() -> dict[str, object]:
    """Get whether texts can be scored, and with which model."""
    status = "up" if _is_enabled() else "disabled"
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
    """Get the models and the sources of data in use."""
    model = {"name": MODEL, "task": "text-sentiment", "enabled": _is_enabled(), "words": OWN_WORDS}
    sources = [
        {"name": one.name, "status": health_word(one), "capabilities": one.capabilities}
        for one in current_services().market.status.providers()
        if one.enabled
    ]
    return {"models": [model], "data_sources": sources}


@bp.post("/hf/run-sentiment")
@limiter.limit(quota("sentiment"))
@feature("enable_sentiment")
@endpoint(body=SentimentBody, answer=SentimentVerdict, unknown=EXCLUDE)
def run_sentiment(text: str) -> dict[str, object]:
    """Score what a text says about prices."""
    (verdict,) = analysed([text])
    return {**verdict_row(text, verdict), "sentiment": WORDS[verdict.sentiment]}


@bp.get("/sentiment/global")
@limiter.limit(quota("sentiment"))
@feature("enable_sentiment")
@endpoint(answer=GlobalSentiment, unknown=EXCLUDE)
def get_global_sentiment() -> Response:
    """Get the Fear & Greed index and its class."""
    found = _use_cases.sentiment()
    newest = present(found.index, "fearGreed", found.failed)[0]
    body = {
        "success": True,
        "fear_greed_index": newest.value,
        "sentiment": newest.classification.lower().replace(" ", "_"),
        "value": newest.value,
        "timestamp": iso(newest.time / 1000),
    }
    return respond(body, Origin(found.validity, found.sources[:1]))  # the source of the index is the first


@bp.get("/news/latest")
@limiter.limit(quota("default"))
@feature("enable_news")
@endpoint(query=LatestNewsQuery, answer=LatestNews, unknown=EXCLUDE)
def get_latest_news(limit: int) -> Response:
    """Get the stories of all news providers, each once, the newest first."""
    found = _use_cases.news(limit)
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


def _is_enabled() -> bool:
    return bool(current_services().settings.enable_sentiment)
