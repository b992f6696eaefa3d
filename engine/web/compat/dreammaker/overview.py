"""The overview of the market."""

from flask import Blueprint, Response
from marshmallow import EXCLUDE

from engine.analysis.overview import Totals
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, present, respond
from engine.web.compat.dreammaker import _rows
from engine.web.endpoint import endpoint
from schemas.compat.dreammaker import CategoryRow, MarketOverview, TrendingAnswer

bp = Blueprint("dreammaker_overview", __name__, url_prefix="/api")

FIELDS = {
    "total_market_cap": "market_cap",
    "total_volume_24h": "volume_24h",
    "btc_dominance": "btc_dominance",
    "eth_dominance": "eth_dominance",
    "market_cap_change_24h": "market_cap_change_24h",
    "active_cryptocurrencies": "coins",
}
"""The totals by the clients' names."""


def totals(market: Totals | None) -> dict[str, float | None]:
    """Return the totals by the clients' names; without an overview, all are null."""
    return {theirs: None if market is None else getattr(market, ours) for theirs, ours in FIELDS.items()}


@bp.get("/crypto/market-overview")
@limiter.limit(quota("default"))
@endpoint(answer=MarketOverview, unknown=EXCLUDE)
def get_market_overview() -> Response:
    """Get totals by the median of their providers."""
    found = _use_cases.overview()
    market = found.totals
    present(market.market_cap, "totalMarketCap", found.failed)
    return respond({**totals(market), "markets": market.markets}, Origin.of(found))


@bp.get("/categories")
@limiter.limit(quota("default"))
@endpoint(answer=CategoryRow, many=True, unknown=EXCLUDE)
def get_categories() -> Response:
    """Get the categories of coins, the largest first: a bare array."""
    found = _use_cases.categories()
    rows = [
        {
            "id": it.id,
            "name": it.name,
            "market_cap": it.market_cap,
            "market_cap_change_24h": it.market_cap_change_24h,
            "volume_24h": it.volume_24h,
            "top_3_coins": it.top_coins,
        }
        for it in found.categories
    ]
    return respond(rows, Origin.of(found))


@bp.get("/trending")
@limiter.limit(quota("default"))
@endpoint(answer=TrendingAnswer, unknown=EXCLUDE)
def get_trending() -> Response:
    """Get the trending coins."""
    found = _use_cases.overview()
    coins = present(found.trending, "trending", found.failed)
    return respond({"success": True, "coins": [_rows.trending(coin) for coin in coins]}, Origin.of(found))
