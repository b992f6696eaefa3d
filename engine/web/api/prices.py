"""Prices."""

from flask import Blueprint

from engine.cache.answers import Answer
from engine.market import RequestedCoin
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from schemas import PricesAnswer, PricesQuery, RequestedPair

bp = Blueprint("prices", __name__, url_prefix="/api")


@bp.get("/prices")
@limiter.limit(quota("prices"))
@endpoint(query=PricesQuery, answer=PricesAnswer)
def get_prices(symbols: list[RequestedPair] | None, convert: str) -> Answer:
    """Get the median price of each coin over all providers that answered in time."""
    coins = None if symbols is None else [RequestedCoin(coin.name, coin.pair.base) for coin in symbols]
    return current_services().market.prices.serve(coins, convert)
