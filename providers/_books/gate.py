"""Order books and trades of Gate: https://www.gate.com/docs/developers/apiv4/en/#retrieve-order-book."""

from typing import Any

from providers._base._books import BookSource, TradeSource, levels
from providers._listed import Market
from providers._reading import integer, price
from providers._traded import MarketTrade, OrderBook


class GateBooks(BookSource, TradeSource):
    """Sends up to 100 levels and 1000 trades."""

    def fetch_book(self, market: Market, limit: int) -> OrderBook:
        """Request the book."""
        book = self.ask(
            "/api/v4/spot/order_book", currency_pair=market.native, limit=min(limit, 100), with_id="true"
        )
        return OrderBook(levels(book["bids"]), levels(book["asks"]), integer(book["id"]))

    def fetch_trades(self, market: Market, limit: int) -> list[Any]:
        """Request the last trades."""
        rows: list[Any] = self.ask("/api/v4/spot/trades", currency_pair=market.native, limit=min(limit, 1000))
        return rows

    def read_trade(self, row: Any) -> MarketTrade:
        """Parse a trade. Its side is that of the order that was matched with the book."""
        time, maker = int(float(row["create_time_ms"])), row["side"] == "sell"
        return MarketTrade(int(row["id"]), price(row["price"]), price(row["amount"]), time, maker)
