"""The market as a whole."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response
from marshmallow import EXCLUDE

from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat import _asking
from engine.web.compat._retelling import retell
from engine.web.compat.dreammaker import _rows
from engine.web.endpoint import endpoint
from schemas.compat.dreammaker import CategoryRow, MarketOverview, TrendingAnswer

bp = Blueprint("dreammaker_whole", __name__, url_prefix="/api")

FIELDS = {
    "total_market_cap": "totalMarketCap",
    "total_volume_24h": "totalVolume24h",
    "btc_dominance": "btcDominance",
    "eth_dominance": "ethDominance",
    "market_cap_change_24h": "marketCapChange24h",
    "active_cryptocurrencies": "activeCoins",
}
"""What it calls each total."""


def totals(data: Mapping[str, Any] | None) -> dict[str, Any]:
    """The totals of an overview under their other names; all are null where there is none."""
    return {theirs: None if data is None else data[ours] for theirs, ours in FIELDS.items()}


@bp.get("/crypto/market-overview")
@limiter.limit(quota("default"))
@endpoint(answer=MarketOverview, unknown=EXCLUDE)
def get_market_overview() -> Response:
    """Totals by the median of their providers."""
    heard = _asking.overview()
    heard.part("totalMarketCap")
    return retell({**totals(heard.data), "markets": heard.meta["markets"]}, heard)


@bp.get("/categories")
@limiter.limit(quota("default"))
@endpoint(answer=CategoryRow, many=True, unknown=EXCLUDE)
def get_categories() -> Response:
    """The kinds of coins, the largest first: a bare array."""
    heard = _asking.categories()
    rows = [
        {
            "id": row["id"],
            "name": row["name"],
            "market_cap": row["marketCap"],
            "market_cap_change_24h": row["marketCapChange24h"],
            "volume_24h": row["volume24h"],
            "top_3_coins": row["topCoins"],
        }
        for row in heard.data
    ]
    return retell(rows, heard)


@bp.get("/trending")
@limiter.limit(quota("default"))
@endpoint(answer=TrendingAnswer, unknown=EXCLUDE)
def get_trending() -> Response:
    """What people look for most."""
    heard = _asking.overview()
    return retell({"success": True, "coins": [_rows.trending(row) for row in heard.part("trending")]}, heard)
