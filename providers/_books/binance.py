"""Order books and trades of Binance.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints
"""

from typing import Any

from providers._base._books import AggregateSource, BookSource, TradeSource, levels
from providers._listed import Market
from providers._models import Window
from providers._reading import amount, instant, integer, price
from providers._traded import MarketTrade, OrderBook

WEIGHTS = ((100, 5), (500, 25), (1000, 50), (5000, 250))
"""What a book of so many levels takes of the rate limit."""


class BinanceBooks(BookSource, TradeSource, AggregateSource):
    """Sends up to 5000 levels and 1000 trades."""

    trades_weight = 25
    aggregates_weight = 4

    def book_weight(self, limit: int) -> int:
        """Return the weight of the smallest size with as many levels."""
        return next((weight for most, weight in WEIGHTS if limit <= most), WEIGHTS[-1][1])

    def fetch_book(self, market: Market, limit: int) -> OrderBook:
        """Request the book."""
        book = self.ask("/api/v3/depth", symbol=market.native, limit=min(limit, 5000))
        return OrderBook(levels(book["bids"]), levels(book["asks"]), integer(book["lastUpdateId"]))

    def fetch_trades(self, market: Market, limit: int) -> list[Any]:
        """Request the last trades."""
        rows: list[Any] = self.ask("/api/v3/trades", symbol=market.native, limit=min(limit, 1000))
        return rows

    def read_trade(self, row: Any) -> MarketTrade:
        """Parse a trade."""
        return MarketTrade(
            int(row["id"]),
            price(row["price"]),
            price(row["qty"]),
            instant(row["time"]),
            bool(row["isBuyerMaker"]),
            amount(row.get("quoteQty")),
            bool(row["isBestMatch"]),
        )

    def fetch_aggregates(self, market: Market, window: Window, since_id: int | None) -> list[Any]:
        """Request the sums. An id excludes times."""
        bounds = {"fromId": since_id, "startTime": window.start, "endTime": window.end}
        given = {name: value for name, value in bounds.items() if value is not None}
        limit = min(window.limit, 1000)
        rows: list[Any] = self.ask("/api/v3/aggTrades", symbol=market.native, limit=limit, **given)
        return rows

    def read_aggregate(self, row: Any) -> MarketTrade:
        """Parse a sum."""
        return MarketTrade(
            int(row["a"]),
            price(row["p"]),
            price(row["q"]),
            instant(row["T"]),
            bool(row["m"]),
            best=bool(row["M"]),
            first=int(row["f"]),
            last=int(row["l"]),
        )
