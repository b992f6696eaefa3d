"""Candles."""

from flask import Blueprint

from engine.cache.answers import Answer
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.api._candle_requests import candle_request
from engine.web.endpoint import endpoint
from engine.web.negotiation import is_csv
from engine.web.services import current_services
from providers import Interval
from schemas import OhlcvAnswer, OhlcvQuery, RequestedPair

bp = Blueprint("ohlcv", __name__, url_prefix="/api")


@bp.get("/ohlcv")
@bp.get("/ohlcv.csv", defaults={"format": "csv"})
@bp.get("/ohlcv/<path:symbol>")
@limiter.limit(quota("ohlcv"))
@endpoint(query=OhlcvQuery, answer=OhlcvAnswer, csv=True, failures=(404,))
def get_ohlcv(
    symbol: RequestedPair,
    interval: Interval,
    limit: int,
    closed_only: bool,
    start: int | None,
    end: int | None,
    source: str | None,
    all_fields: str | None,
    form: str | None,
    as_of: int | None,
) -> Answer:
    """Get the candles of one pair from the first provider that serves them well."""
    request = candle_request(symbol, interval, limit, closed_only, start, end, source, all_fields, as_of)
    return current_services().market.candles.serve(request, csv=is_csv(form))
