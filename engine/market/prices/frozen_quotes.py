"""Exchanges that repeat the same price of a coin while others move, as this worker has seen them."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import msgspec

from engine.analysis.rates import RateBook, Trade
from engine.analysis.standstill import Standstill, follow
from engine.analysis.traded import DOLLARS, best_by_venue

MOST_COINS = 2_000
"""Maximum number of coins to follow; the least recently requested is dropped first."""


class Standstills(msgspec.Struct, frozen=True):
    """The standstills of a coin by venue, up to the tickers of `time` (Unix seconds)."""

    time: float
    standstills: Mapping[str, Standstill]


class FrozenQuotes:
    """Follows the dollar markets of requested coins."""

    def __init__(self) -> None:
        self._coins: OrderedDict[str, Standstills] = OrderedDict()

    def venues(self, coin: str, trades: Sequence[Trade], book: RateBook, time: float) -> set[str]:
        """Return the venues whose price of a coin stands still. `time` is that of the newest tickers."""
        known = self._coins.get(coin)
        if known is None or time > known.time:
            quoted = best_by_venue([trade for trade in trades if trade.quote in DOLLARS], book)
            dollars = {
                venue: trade.price * way.rate.price
                for venue, trade in quoted.items()
                if (way := book.way(trade.quote, "usd"))
            }
            prices = {venue: trade.price for venue, trade in quoted.items()}
            before = known.standstills if known else {}
            known = Standstills(time, follow(before, prices, dollars, time))
            self._coins[coin] = known
        self._coins.move_to_end(coin)
        if len(self._coins) > MOST_COINS:
            self._coins.popitem(last=False)
        return {venue for venue, it in known.standstills.items() if it.frozen(time)}
