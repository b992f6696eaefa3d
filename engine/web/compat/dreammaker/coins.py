"""The largest coins."""

from collections.abc import Sequence

from flask import Blueprint, Response
from marshmallow import EXCLUDE

from engine.errors import ApiError
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat import _asking
from engine.web.compat._retelling import Heard, retell
from engine.web.compat.dreammaker import _rows
from engine.web.compat.dreammaker.whole import totals
from engine.web.endpoint import endpoint
from schemas.compat.dreammaker import CoinsAnswer, CoinsQuery, MarketAnswer, TopPriceRow

bp = Blueprint("dreammaker_coins", __name__, url_prefix="/api")


@bp.get("/crypto/prices/top")
@limiter.limit(quota("prices"))
@endpoint(query=CoinsQuery, answer=TopPriceRow, many=True, unknown=EXCLUDE)
def get_top_prices(limit: int) -> Response:
    """The largest coins by rank, with the 14 that signals are made for: a bare array."""
    heard = _asking.prices(None, "USDT")
    rows = _rows.top(heard.data, limit)
    return _told([_rows.top_price(row) for row in rows], rows, heard)


@bp.get("/coins/top")
@limiter.limit(quota("prices"))
@endpoint(query=CoinsQuery, answer=CoinsAnswer, unknown=EXCLUDE)
def get_top_coins(limit: int) -> Response:
    """The same for newer clients."""
    heard = _asking.prices(None, "USDT")
    rows = _rows.top(heard.data, limit)
    return _told({"success": True, "coins": [_rows.coin(row) for row in rows]}, rows, heard)


@bp.get("/market")
@limiter.limit(quota("prices"))
@endpoint(query=CoinsQuery, answer=MarketAnswer, unknown=EXCLUDE)
def get_market(limit: int) -> Response:
    """The largest coins, and the totals of the market."""
    heard = _asking.prices(None, "USDT")
    rows = _rows.top(heard.data, limit)
    overview = _overview()
    whole = totals(None if overview is None else overview.data)
    body = {
        "success": True,
        "data": [_rows.coin(row) for row in rows],
        "total_market_cap": whole["total_market_cap"],
        "total_volume": whole["total_volume_24h"],
        "btc_dominance": whole["btc_dominance"],
        "eth_dominance": whole["eth_dominance"],
        "active_coins": whole["active_cryptocurrencies"],
    }
    return _told(body, rows, heard, *([] if overview is None else [overview]))


def _overview() -> Heard | None:
    """The market as a whole, `None` where it cannot be had: the coins are worth telling without it."""
    try:
        return _asking.overview()
    except ApiError:
        return None


def _told(body: object, rows: Sequence[_rows.Row], *heard: Heard) -> Response:
    response = retell(body, *heard)
    response.headers["X-Data-Quote"] = _rows.quotes(rows)
    return response
