"""Prices."""

from flask import Blueprint

from engine.answers import Answer
from engine.api._endpoint import endpoint
from engine.extensions import limiter, market
from engine.market import Named
from engine.quotas import quota
from schemas import NamedPair, PricesAnswer, PricesQuery

bp = Blueprint("prices", __name__, url_prefix="/api")


@bp.get("/prices")
@limiter.limit(quota("prices"))
@endpoint(query=PricesQuery, answer=PricesAnswer)
def get_prices(symbols: list[NamedPair] | None, convert: str) -> Answer:
    """Median price of each coin over all providers that answered in time."""
    coins = None if symbols is None else [Named(coin.name, coin.pair.base) for coin in symbols]
    return market.prices(coins, convert)
