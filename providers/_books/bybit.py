"""Order books and trades of Bybit: https://bybit-exchange.github.io/docs/v5/market/orderbook."""

from typing import Any

from providers._base._books import BookSource, TradeSource, levels
from providers._listed import Market
from providers._reading import instant, integer, member, must_be, price, rows_or_empty
from providers._traded import MarketTrade, OrderBook


class BybitBooks(BookSource, TradeSource):
    """Sends up to 200 levels and 60 trades of spot markets."""

    def fetch_book(self, market: Market, limit: int) -> OrderBook:
        """Request the book."""
        wanted = {"category": "spot", "symbol": market.native, "limit": min(limit, 200)}
        result = self.ask("/v5/market/orderbook", **wanted)["result"]
        must_be(member(result, "s"), market.native)
        return OrderBook(levels(result["b"]), levels(result["a"]), integer(result["u"]))

    def fetch_trades(self, market: Market, limit: int) -> list[Any]:
        """Request the last trades."""
        wanted = {"category": "spot", "symbol": market.native, "limit": min(limit, 60)}
        return rows_or_empty(self.ask("/v5/market/recent-trade", **wanted)["result"]["list"])

    def read_trade(self, row: Any) -> MarketTrade:
        """Parse a trade. Its side is that of the order that was matched with the book."""
        time, maker = instant(row["time"]), row["side"] == "Sell"
        return MarketTrade(int(row["execId"]), price(row["price"]), price(row["size"]), time, maker)
