"""Order books and trades of KuCoin.

https://www.kucoin.com/docs-new/rest/spot-trading/market-data/get-part-orderbook
"""

from typing import Any

from providers._base._books import BookSource, TradeSource, levels
from providers._listed import Market
from providers._reading import integer, price, rows_or_empty
from providers._traded import MarketTrade, OrderBook

NANOSECONDS = 1_000_000
"""Nanoseconds of a millisecond."""


class KucoinBooks(BookSource, TradeSource):
    """Sends 20 or 100 levels and 100 trades."""

    trades_weight = 3

    def book_weight(self, limit: int) -> int:
        """Return what a book of 20 or 100 levels takes."""
        return 2 if limit <= 20 else 4

    def fetch_book(self, market: Market, limit: int) -> OrderBook:
        """Request the smallest book with as many levels."""
        size = 20 if limit <= 20 else 100
        data = self.ask(f"/api/v1/market/orderbook/level2_{size}", symbol=market.native)["data"]
        return OrderBook(levels(data["bids"]), levels(data["asks"]), integer(data["sequence"]))

    def fetch_trades(self, market: Market, limit: int) -> list[Any]:
        """Request the last trades."""
        return rows_or_empty(self.ask("/api/v1/market/histories", symbol=market.native)["data"])

    def read_trade(self, row: Any) -> MarketTrade:
        """Parse a trade, whose time is in nanoseconds. Its side is that of the order that was matched."""
        time, maker = int(row["time"]) // NANOSECONDS, row["side"] == "sell"
        return MarketTrade(int(row["sequence"]), price(row["price"]), price(row["size"]), time, maker)
