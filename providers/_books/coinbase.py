"""Order books and trades of Coinbase.

https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-product-book
"""

from typing import Any

from providers._base._books import BookSource, TradeSource, levels
from providers._listed import Market
from providers._reading import integer, milliseconds, price
from providers._traded import MarketTrade, OrderBook


class CoinbaseBooks(BookSource, TradeSource):
    """Sends the best level or the whole book, and up to 1000 trades."""

    def fetch_book(self, market: Market, limit: int) -> OrderBook:
        """Request the best level, or all of them."""
        book = self.ask(f"/products/{market.native}/book", level=1 if limit == 1 else 2)
        bids, asks = levels(book["bids"][:limit]), levels(book["asks"][:limit])
        return OrderBook(bids, asks, integer(book["sequence"]))

    def fetch_trades(self, market: Market, limit: int) -> list[Any]:
        """Request the last trades."""
        rows: list[Any] = self.ask(f"/products/{market.native}/trades", limit=min(limit, 1000))
        return rows

    def read_trade(self, row: Any) -> MarketTrade:
        """Parse a trade. Unlike elsewhere its side is that of the order in the book."""
        time, maker = milliseconds(row["time"]), row["side"] == "buy"
        return MarketTrade(int(row["trade_id"]), price(row["price"]), price(row["size"]), time, maker)
