"""Order books and trades of OKX: https://www.okx.com/docs-v5/en/#order-book-trading-market-data."""

from typing import Any

from providers._base._books import BookSource, TradeSource, levels
from providers._errors import Unsupported
from providers._listed import Market
from providers._reading import instant, integer, price, rows_or_empty
from providers._traded import MarketTrade, OrderBook


class OkxBooks(BookSource, TradeSource):
    """Sends up to 400 levels and 500 trades."""

    def fetch_book(self, market: Market, limit: int) -> OrderBook:
        """Request the book."""
        answer = self.ask("/api/v5/market/books", instId=market.native, sz=min(limit, 400))
        data = rows_or_empty(answer["data"])
        if not data:
            raise Unsupported(f"okx has no book of {market.native}")
        return OrderBook(levels(data[0]["bids"]), levels(data[0]["asks"]), integer(data[0].get("seqId")))

    def fetch_trades(self, market: Market, limit: int) -> list[Any]:
        """Request the last trades."""
        rows = self.ask("/api/v5/market/trades", instId=market.native, limit=min(limit, 500))["data"]
        return rows_or_empty(rows)

    def read_trade(self, row: Any) -> MarketTrade:
        """Parse a trade. Its side is that of the order that was matched with the book."""
        time, maker = instant(row["ts"]), row["side"] == "sell"
        return MarketTrade(int(row["tradeId"]), price(row["px"]), price(row["sz"]), time, maker)
