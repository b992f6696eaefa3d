"""Market sentiment, and the sentiment of texts."""

from flask import Blueprint

from engine.cache.answers import Answer
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.api._analysing import analysed, verdict_row
from engine.web.endpoint import endpoint, feature
from engine.web.services import current_services
from schemas import AnalyzeAnswer, AnalyzeBody, RequestedPair, SentimentAnswer, SentimentQuery

bp = Blueprint("sentiment", __name__, url_prefix="/api/sentiment")


@bp.get("")
@limiter.limit(quota("sentiment"))
@feature("enable_sentiment")
@endpoint(query=SentimentQuery, answer=SentimentAnswer)
def get_sentiment(symbol: RequestedPair | None, days: int | None) -> Answer:
    """Get the fear and greed index, the sentiment of the news, and both combined."""
    return current_services().market.sentiment.serve(None if symbol is None else symbol.pair.base, days)


@bp.post("/analyze")
@limiter.limit(quota("sentiment"))
@feature("enable_sentiment")
@endpoint(body=AnalyzeBody, answer=AnalyzeAnswer)
def analyze(text: str | None = None, texts: list[str] | None = None) -> dict[str, object]:
    """Score what one text, or each of several, says about prices.

    Each 10 000 characters, or part of them, count as one request of the quota.
    """
    given = [text] if text is not None else texts or []
    rows = [verdict_row(one, verdict) for one, verdict in zip(given, analysed(given), strict=True)]
    return {
        "success": True,
        "data": rows if text is None else rows[0],
        "timestamp": current_services().market.now(),
    }
