"""News."""

from flask import Blueprint

from engine.cache.answers import Answer
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.endpoint import endpoint, feature
from engine.web.negotiation import is_csv
from engine.web.services import current_services
from schemas import NewsAnswer, NewsQuery, RequestedPair

bp = Blueprint("news", __name__, url_prefix="/api")


@bp.get("/news")
@bp.get("/news.csv", defaults={"format": "csv"})
@limiter.limit(quota("default"))
@feature("enable_news")
@endpoint(query=NewsQuery, answer=NewsAnswer, csv=True)
def get_news(
    symbols: list[RequestedPair] | None, limit: int, sentiment: str | None, form: str | None
) -> Answer:
    """Get the stories of all news providers, each once, the newest first."""
    coins = None if symbols is None else [symbol.pair.base for symbol in symbols]
    return current_services().market.news.serve(coins, limit, sentiment, csv=is_csv(form))
