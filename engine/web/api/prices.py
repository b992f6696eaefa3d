"""Prices."""

from flask import Blueprint

from engine.cache.answers import Answer
from engine.market import RequestedCoin
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.endpoint import endpoint
from engine.web.negotiation import is_csv
from engine.web.services import current_services
from schemas import PriceQuery, PricesAnswer, PricesQuery, RequestedPair

bp = Blueprint("prices", __name__, url_prefix="/api")


@bp.get("/prices")
@bp.get("/prices.csv", defaults={"format": "csv"})
@limiter.limit(quota("prices"))
@endpoint(query=PricesQuery, answer=PricesAnswer, csv=True)
def get_prices(
    symbols: list[RequestedPair] | None, convert: str, sparkline: bool, form: str | None
) -> Answer:
    """Get the median price of each coin over all providers that answered in time."""
    coins = None if symbols is None else [_requested(pair) for pair in symbols]
    return current_services().market.prices.serve(coins, convert, sparkline=sparkline, csv=is_csv(form))


@bp.get("/prices/<path:symbol>")
@limiter.limit(quota("prices"))
@endpoint(query=PriceQuery, answer=PricesAnswer, csv=True)
def get_price(symbol: RequestedPair, convert: str, sparkline: bool, form: str | None) -> Answer:
    """Get the price of one coin, as a list of one."""
    coins = [_requested(symbol)]
    return current_services().market.prices.serve(coins, convert, sparkline=sparkline, csv=is_csv(form))


def _requested(pair: RequestedPair) -> RequestedCoin:
    return RequestedCoin(pair.name, pair.pair.base, pair.venue, pair.about)
