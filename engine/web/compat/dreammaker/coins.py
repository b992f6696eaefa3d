"""The largest coins."""

from collections.abc import Sequence

from flask import Blueprint, Response
from marshmallow import EXCLUDE

from engine.errors import ApiError
from engine.market.overview.reports import OverviewReport
from engine.market.prices.lists import CoinPrice
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, respond
from engine.web.compat.dreammaker import _rows
from engine.web.compat.dreammaker.overview import totals
from engine.web.endpoint import endpoint
from schemas.compat.dreammaker import CoinsAnswer, CoinsQuery, MarketAnswer, TopPriceRow

bp = Blueprint("dreammaker_coins", __name__, url_prefix="/api")


@bp.get("/crypto/prices/top")
@limiter.limit(quota("prices"))
@endpoint(query=CoinsQuery, answer=TopPriceRow, many=True, unknown=EXCLUDE)
def get_top_prices(limit: int) -> Response:
    """Get the largest coins by rank, with the 14 that clients compute signals for: a bare array."""
    found = _use_cases.prices(None, "USDT")
    coins = _rows.top(found.coins, limit)
    return _respond([_rows.top_price(coin) for coin in coins], coins, Origin.of(found))


@bp.get("/coins/top")
@limiter.limit(quota("prices"))
@endpoint(query=CoinsQuery, answer=CoinsAnswer, unknown=EXCLUDE)
def get_top_coins(limit: int) -> Response:
    """Get the largest coins by rank, for newer clients."""
    found = _use_cases.prices(None, "USDT")
    coins = _rows.top(found.coins, limit)
    body = {"success": True, "coins": [_rows.priced(coin) for coin in coins]}
    return _respond(body, coins, Origin.of(found))


@bp.get("/market")
@limiter.limit(quota("prices"))
@endpoint(query=CoinsQuery, answer=MarketAnswer, unknown=EXCLUDE)
def get_market(limit: int) -> Response:
    """Get the largest coins, and the totals of the market."""
    found = _use_cases.prices(None, "USDT")
    coins = _rows.top(found.coins, limit)
    overview = _overview()
    market = totals(None if overview is None else overview.totals)
    body = {
        "success": True,
        "data": [_rows.priced(coin) for coin in coins],
        "total_market_cap": market["total_market_cap"],
        "total_volume": market["total_volume_24h"],
        "btc_dominance": market["btc_dominance"],
        "eth_dominance": market["eth_dominance"],
        "active_coins": market["active_cryptocurrencies"],
    }
    others = [] if overview is None else [Origin.of(overview)]
    return _respond(body, coins, Origin.of(found), *others)


def _overview() -> OverviewReport | None:
    """Return the overview; `None` where it fails, and the coins are served without it."""
    try:
        return _use_cases.overview()
    except ApiError:
        return None


def _respond(body: object, coins: Sequence[CoinPrice], *origins: Origin) -> Response:
    response = respond(body, *origins)
    response.headers["X-Data-Quote"] = _rows.quotes(coins)
    return response
