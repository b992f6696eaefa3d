"""The best bid and ask of markets: by the order books of a few markets, or by the exchanges' tickers."""

from collections.abc import Sequence

from engine.catalogue.joined import JoinedMarket
from engine.errors import ApiError
from engine.web.compat._translation import Origin
from engine.web.compat.binance._exchange import requested
from engine.web.compat.binance._figures import known
from engine.web.compat.binance._prices import Found
from engine.web.compat.binance._tickers import exchange_days, origins_of
from engine.web.services import current_services

OLDEST_BOOK = 5.0
"""Seconds after which an order book is too old."""
MOST_BOOKS = 5
"""Order books of one request: each is a request to an exchange."""

Row = dict[str, object]


def best_prices(markets: Sequence[JoinedMarket]) -> Found[Row]:
    """Return the best prices of markets: of a single one by its order book, else by tickers.

    The books of few markets that no ticker knows are asked for.
    """
    rows, origins = _of_books(markets) if len(markets) == 1 else ({}, ())
    if not rows:
        days = {name: day for name, day in exchange_days(markets).items() if day.bid and day.ask}
        rows = {name: _row(name, it.bid, it.bid_amount, it.ask, it.ask_amount) for name, it in days.items()}
        origins = origins_of(days)
    left = [market for market in markets if market.symbol not in rows]
    if len(markets) > 1 and len(left) <= MOST_BOOKS:
        more, their_origins = _of_books(left)
        rows, origins = rows | more, (*origins, *their_origins)
    ordered = tuple(rows[it.symbol] for it in markets if it.symbol in rows)
    return Found(ordered, tuple(it.symbol for it in markets if it.symbol not in rows), origins)


def _of_books(markets: Sequence[JoinedMarket]) -> tuple[dict[str, Row], tuple[Origin, ...]]:
    found = {market.symbol: book for market in markets if (book := _of_book(market))}
    return {name: row for name, (row, _) in found.items()}, tuple(origin for _, origin in found.values())


def _of_book(market: JoinedMarket) -> tuple[Row, Origin] | None:
    """Return the best prices in the order book of one exchange, `None` where no book can be had."""
    try:
        found = current_services().market.order_flow.book(requested(market).pair, 1)
    except ApiError:
        return None
    bids, asks = found.value.bids, found.value.asks
    if not bids or not asks or found.validity.age(current_services().clock()) > OLDEST_BOOK:
        return None
    return _row(market.symbol, *bids[0], *asks[0]), Origin.of(found)


def _row(symbol: str, *best: float | None) -> Row:
    names = ("bidPrice", "bidQty", "askPrice", "askQty")
    return known({"symbol": symbol, **dict(zip(names, best, strict=True))})
