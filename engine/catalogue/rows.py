"""The rows of the catalogue: coins and markets with their states."""

from typing import Literal

import msgspec

from engine.catalogue.coins import Coin
from engine.catalogue.listings import Market

CoinState = Literal["pinned", "proved", "tentative"]
TradedState = Literal["pinned", "proved", "tentative", "refused", "ended"]
SERVED: frozenset[str] = frozenset({"pinned", "proved"})
TRADES: frozenset[str] = SERVED | {"tentative"}


class ListedCoin(msgspec.Struct, frozen=True, gc=False):
    """A coin, its state, and the venues that trade it."""

    coin: Coin
    state: CoinState
    venues: tuple[str, ...] = ()

    @property
    def order(self) -> str:
        """Return the sort key of coins: pinned ones first, then by rank, venues and code."""
        coin = self.coin
        rank = 9_999_999 if coin.rank is None else coin.rank
        others = 0 if coin.pinned else 99 - len(self.venues)
        return f"{0 if coin.pinned else 1}{rank:07d}{others:02d}{coin.code}\t{coin.id}"


class TradedMarket(msgspec.Struct, frozen=True, gc=False):
    """A market of a venue with its coins. `listed` has the venue's spelling."""

    base: Coin
    quote: Coin
    state: TradedState
    listed: Market

    @property
    def venue(self) -> str:
        """Return the venue's name."""
        return self.listed.venue

    @property
    def native(self) -> str:
        """Return the market's name in requests to the venue."""
        return self.listed.native

    @property
    def symbol(self) -> str:
        """Return the pair as clients write it: `BTC/EUR`."""
        return f"{self.base.code}/{self.quote.code}"

    @property
    def trading(self) -> bool:
        """Return whether it trades now, and neither of its codes is refused."""
        return self.state in TRADES and self.listed.state == "trading"

    @property
    def served(self) -> bool:
        """Return whether it trades now, and both of its coins are known."""
        return self.state in SERVED and self.listed.state == "trading"

    @property
    def order(self) -> str:
        """Return the sort key of markets."""
        return f"{self.base.code}\t{self.quote.code}\t{self.venue}\t{self.native}"
