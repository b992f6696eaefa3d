"""Order books and trades of Kraken: https://docs.kraken.com/api/docs/rest-api/get-order-book."""

from typing import Any

from providers._base._books import BookSource, TradeSource, levels
from providers._errors import BadMarket
from providers._listed import Market
from providers._reading import price
from providers._traded import MarketTrade, OrderBook


class KrakenBooks(BookSource, TradeSource):
    """Sends up to 500 levels, without an id, and 1000 trades."""

    def fetch_book(self, market: Market, limit: int) -> OrderBook:
        """Request the book."""
        result = self.ask("/0/public/Depth", pair=market.native, count=min(limit, 500))["result"]
        book = _only(result, market)
        return OrderBook(levels(book["bids"]), levels(book["asks"]))

    def fetch_trades(self, market: Market, limit: int) -> list[Any]:
        """Request the last trades."""
        result = self.ask("/0/public/Trades", pair=market.native, count=min(limit, 1000))["result"]
        rows: list[Any] = _only({key: rows for key, rows in result.items() if key != "last"}, market)
        return rows

    def read_trade(self, row: Any) -> MarketTrade:
        """Parse a trade. Its side is that of the order that was matched with the book."""
        paid, volume, time, side, _, _, id_ = row
        return MarketTrade(int(id_), price(paid), price(volume), int(time * 1000), side == "s")


def _only(result: Any, market: Market) -> Any:
    """Return the content of an answer about one market, whatever its key is."""
    if len(result) != 1:
        raise BadMarket(f"kraken sent nothing for {market.native}")
    return next(iter(result.values()))
