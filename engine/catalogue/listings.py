"""The markets of venues in the venues' spelling."""

import hashlib
from collections.abc import Iterable

import msgspec

from providers import Market, MarketState

__all__ = ["ENDED_KEPT", "EndedMarket", "Listing", "Market", "MarketState", "ended_markets"]


class Listing(msgspec.Struct, frozen=True):
    """All markets of a venue at a `time`. `version` changes with the content alone."""

    venue: str
    time: float
    markets: tuple[Market, ...]
    version: str

    @classmethod
    def of(cls, venue: str, time: float, markets: Iterable[Market]) -> "Listing":
        """Build a listing with its version from its markets."""
        rows = tuple(markets)
        return cls(venue, time, rows, _version(rows))

    @property
    def trading(self) -> list[Market]:
        """Markets that trade now."""
        return [market for market in self.markets if market.state == "trading"]


def _version(markets: tuple[Market, ...]) -> str:
    """Return a hash that is independent of the order of the rows."""
    digest = hashlib.blake2b(digest_size=8)
    for line in sorted(
        f"{row.native}\t{row.base}\t{row.quote}\t{row.state}\t{row.tick}\t{row.step}\t{row.name}"
        for row in markets
    ):
        digest.update(line.encode())
    return digest.hexdigest()


ENDED_KEPT = 90 * 86_400.0
"""Seconds that a vanished market is known as ended, for its history and for a clear error."""


class EndedMarket(msgspec.Struct, frozen=True, gc=False):
    """A market that its venue no longer lists, and since when (Unix seconds)."""

    market: Market
    since: float


def ended_markets(
    last: Listing | None, new: Listing, known: Iterable[EndedMarket]
) -> tuple[EndedMarket, ...]:
    """Return the venue's ended markets after a new listing: newly vanished and recent ones."""
    present = {market.native for market in new.markets}
    kept = {
        ended.market.native: ended
        for ended in known
        if ended.market.native not in present and new.time - ended.since < ENDED_KEPT
    }
    for market in last.markets if last else ():
        if market.native not in present:
            kept.setdefault(market.native, EndedMarket(market, new.time))
    return tuple(kept.values())
