"""Order books and trades, passed on from one exchange."""

from flask import Response

from engine.analysis.consensus import tidy
from engine.market.order_flow import PassedOn
from engine.web.access.quota_waits import patient
from engine.web.compat._translation import Origin, require_recent
from engine.web.compat.binance import _exchange
from engine.web.compat.binance._answers import respond
from engine.web.compat.binance._best import OLDEST_BOOK
from engine.web.compat.binance._blueprint import bp, catalogue, served
from engine.web.compat.binance._clock import unit
from engine.web.compat.binance._figures import known, lacking, written
from engine.web.services import current_services
from providers import MarketTrade, Pair, Window
from schemas.compat import binance as shapes

TRADE = ("isBuyerMaker", "isBestMatch")
AGGREGATE = ("m", "M")
"""Fields that not every exchange has."""


@bp.get("/api/v3/depth")
@patient("prices")
@served(query=shapes.DepthQuery, answer=shapes.Depth, failures=(404,))
def get_depth(symbol: str, limit: int, status: str | None) -> Response:
    """Get the order book of a market at one exchange."""
    found = current_services().market.order_flow.book(_pair(symbol, status), limit)
    book = found.value
    body = {
        "lastUpdateId": book.id,
        "bids": list(map(_level, book.bids)),
        "asks": list(map(_level, book.asks)),
    }
    return _respond(known(body), found, lacking([known(body)], ("lastUpdateId",)))


@bp.get("/api/v3/trades")
@patient("prices")
@served(query=shapes.TradesQuery, answer=shapes.Trade, many=True, failures=(404,))
def get_trades(symbol: str, limit: int, status: str | None) -> Response:
    """Get the last trades of a market at one exchange."""
    found = current_services().market.order_flow.trades(_pair(symbol, status), limit)
    times = unit()
    rows = [_trade(trade, times) for trade in found.value]
    return _respond(rows, found, lacking(rows, TRADE))


@bp.get("/api/v3/aggTrades")
@patient("prices")
@served(query=shapes.AggregatesQuery, answer=shapes.Aggregate, many=True, failures=(404,))
def get_aggregates(
    symbol: str, since_id: int | None, start: int | None, end: int | None, limit: int, status: str | None
) -> Response:
    """Get trades of one order at one price as one, from one exchange; those of the past from Binance."""
    window = Window(limit, start, end)
    found = current_services().market.order_flow.aggregates(_pair(symbol, status), window, since_id)
    times = unit()
    rows = [_aggregate(trade, times) for trade in found.value]
    return _respond(rows, found, lacking(rows, AGGREGATE))


def _pair(symbol: str, status: str | None) -> Pair:
    (market,) = _exchange.selected(symbol, None, status, catalogue())
    return _exchange.requested(market).pair


def _respond(body: object, found: PassedOn[object], missing: list[str]) -> Response:
    require_recent(found.validity, OLDEST_BOOK)
    return respond(body, Origin.of(found), missing=missing)


def _level(level: tuple[float, float]) -> tuple[str, str]:
    price, amount = level
    return written(price), written(amount)


def _trade(it: MarketTrade, unit: int) -> dict[str, object]:
    spent = it.price * it.amount if it.spent is None else it.spent
    return known(
        {
            "id": it.id,
            "price": it.price,
            "qty": it.amount,
            "quoteQty": tidy(spent),
            "time": it.time * unit,
            "isBuyerMaker": it.buyer_is_maker,
            "isBestMatch": it.best,
        }
    )


def _aggregate(it: MarketTrade, unit: int) -> dict[str, object]:
    first, last = (it.id if id_ is None else id_ for id_ in (it.first, it.last))
    return known(
        {
            "a": it.id,
            "p": it.price,
            "q": it.amount,
            "f": first,
            "l": last,
            "T": it.time * unit,
            "m": it.buyer_is_maker,
            "M": it.best,
        }
    )
