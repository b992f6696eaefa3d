"""Order books and trades of Bitstamp: https://www.bitstamp.net/api/#tag/Order-book."""

from typing import Any

from providers._base._books import BookSource, TradeSource, levels
from providers._intervals import SECOND
from providers._listed import Market
from providers._reading import instant, integer, price
from providers._traded import MarketTrade, OrderBook


class BitstampBooks(BookSource, TradeSource):
    """Sends the whole book, and the trades of an hour."""

    def fetch_book(self, market: Market, limit: int) -> OrderBook:
        """Request the book, whose time in microseconds is its id."""
        book = self.ask(f"/api/v2/order_book/{market.native}/")
        bids, asks = levels(book["bids"][:limit]), levels(book["asks"][:limit])
        return OrderBook(bids, asks, integer(book.get("microtimestamp")))

    def fetch_trades(self, market: Market, limit: int) -> list[Any]:
        """Request the trades of the last hour."""
        rows: list[Any] = self.ask(f"/api/v2/transactions/{market.native}/", time="hour")
        return rows

    def read_trade(self, row: Any) -> MarketTrade:
        """Parse a trade. Its type is 1 where an order to sell was matched with the book."""
        time, maker = instant(row["date"], SECOND), str(row["type"]) == "1"
        return MarketTrade(int(row["tid"]), price(row["price"]), price(row["amount"]), time, maker)
