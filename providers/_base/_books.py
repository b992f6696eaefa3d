"""The abilities about orders and trades of one market."""

from collections.abc import Sequence
from typing import Any, ClassVar

from providers._base._provider import Provider
from providers._errors import BadMarket
from providers._listed import Market
from providers._models import Window
from providers._reading import amount, price, readable, reading, rows_of
from providers._traded import Level, MarketTrade, OrderBook


class BookSource(Provider):
    """Sends the order book of a market."""

    def book_weight(self, limit: int) -> int:
        """Return what a call for `limit` levels takes of its rate limit."""
        return 1

    def book(self, market: Market, limit: int) -> OrderBook:
        """Return at most `limit` levels of each side. Raises `BadMarket` for a book that is crossed."""
        with reading(self.name):
            book = self.fetch_book(market, limit).best(limit)
        if book.bids and book.asks and book.bids[0][0] > book.asks[0][0]:
            raise BadMarket(f"{self.name} sent a crossed book")
        return book

    def fetch_book(self, market: Market, limit: int) -> OrderBook:
        """Request `limit` levels of each side, or more if the venue has other sizes."""
        raise NotImplementedError


class TradeSource(Provider):
    """Sends the last trades of a market."""

    trades_weight: ClassVar[int] = 1
    """What the call takes of its rate limit."""

    def trades(self, market: Market, limit: int) -> list[MarketTrade]:
        """Return at most the last `limit` trades, the oldest first."""
        with reading(self.name):
            rows = readable(self.fetch_trades(market, limit), self.read_trade)
        return sorted(rows, key=lambda trade: trade.id)[-limit:]

    def fetch_trades(self, market: Market, limit: int) -> list[Any]:
        """Request the last trades, for rows as they are sent."""
        raise NotImplementedError

    def read_trade(self, row: Any) -> MarketTrade:
        """Parse a row. Raises an `UNREADABLE`."""
        raise NotImplementedError


class AggregateSource(Provider):
    """Adds up the trades of one order at one price, and keeps all of them."""

    aggregates_weight: ClassVar[int] = 1
    """What the call takes of its rate limit."""

    def aggregates(self, market: Market, window: Window, since_id: int | None = None) -> list[MarketTrade]:
        """Return the sums of `window` (Unix milliseconds), or of ids from `since_id` on, the oldest first.

        They are at most `window.limit`: the first ones of an id or a start, else the last ones.
        """
        with reading(self.name):
            rows = readable(self.fetch_aggregates(market, window, since_id), self.read_aggregate)
        rows.sort(key=lambda trade: trade.id)
        from_the_first = since_id is not None or window.start is not None
        return rows[: window.limit] if from_the_first else rows[-window.limit :]

    def fetch_aggregates(self, market: Market, window: Window, since_id: int | None) -> list[Any]:
        """Request the sums, for rows as they are sent."""
        raise NotImplementedError

    def read_aggregate(self, row: Any) -> MarketTrade:
        """Parse a row. Raises an `UNREADABLE`."""
        raise NotImplementedError


def levels(rows: Any) -> tuple[Level, ...]:
    """Parse the levels of one side: price and amount come first. Those of no amount are left out."""
    read: list[Sequence[Any]] = rows_of(rows)
    return tuple((price(row[0]), coins) for row in read if (coins := amount(row[1])) is not None)
