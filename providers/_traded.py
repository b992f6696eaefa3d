"""What exchanges say of their orders and trades, as values."""

import msgspec

Level = tuple[float, float]
"""A price and the coins that are offered at it."""


class OrderBook(msgspec.Struct, frozen=True):
    """The best orders of a market: `bids` from the highest price down, `asks` from the lowest up.

    `id` is the venue's for this state, `None` where it sends none.
    """

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    id: int | None = None

    def best(self, limit: int) -> "OrderBook":
        """Return the best `limit` levels of each side."""
        return OrderBook(self.bids[:limit], self.asks[:limit], self.id)


class MarketTrade(msgspec.Struct, frozen=True):
    """A trade at `time` (Unix milliseconds) with the venue's `id`, or several of one order at one price.

    `first` and `last` are the ids of several, `None` for a single one. `spent` is in the quote. Where a
    venue does not say which side had its order in the book, `buyer_is_maker` is `None`; `best` is Binance's.
    """

    id: int
    price: float
    amount: float
    time: int
    buyer_is_maker: bool | None = None
    spent: float | None = None
    best: bool | None = None
    first: int | None = None
    last: int | None = None
