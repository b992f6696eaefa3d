"""All coins and markets of one moment, with an index for every kind of lookup."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice, takewhile

from engine.catalogue.coins import Coin, Rename
from engine.catalogue.naming import Names
from engine.catalogue.outcomes import Resolved
from engine.catalogue.rows import ListedCoin, TradedMarket

NO_MARKETS: tuple[TradedMarket, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The known coins and markets. It never changes: a refresh builds a new one.

    `version` changes with the content, `as_of` (Unix seconds) is the time of the oldest listing, if any.
    `coins` begin with the pinned ones, `markets` are in the order of base, quote and venue. `former` has
    other names of renamed coins by their id, `former_coins` the coins of old codes. `venue_codes` has the
    coin of every code of every venue; after a restart, even of venues whose list has not arrived yet.
    `listed_venues` have a list, and `known_venues` may have one. `remembered` are resolved texts for current
    data.
    """

    version: str
    as_of: float | None
    coins: tuple[ListedCoin, ...]
    markets: tuple[TradedMarket, ...]
    names: Names
    renames: Mapping[str, Rename]
    former_coins: Mapping[str, Coin]
    former: Mapping[str, tuple[str, ...]]
    venue_codes: Mapping[str, Mapping[str, str]]
    known_venues: frozenset[str]
    listed_venues: frozenset[str]
    coin_by_id: Mapping[str, ListedCoin]
    pairs: Mapping[tuple[str, str], tuple[TradedMarket, ...]]
    remembered: dict[str, Resolved] = field(default_factory=dict, repr=False, compare=False)

    def coin(self, id_: str) -> ListedCoin | None:
        """Return a coin by its id."""
        return self.coin_by_id.get(id_)

    def market(self, venue: str, base: str, quote: str) -> TradedMarket | None:
        """Return a venue's market of two coins, by their ids, in any state."""
        for market in self.pairs.get((base, quote), NO_MARKETS):
            if market.listed.venue == venue:
                return market
        return None

    def trading(self, base: str, quote: str) -> list[TradedMarket]:
        """Return the markets of two coins, by their ids, that trade now, even those of unproved codes."""
        return [market for market in self.pairs.get((base, quote), NO_MARKETS) if market.trading]

    def served(self, base: str, quote: str) -> list[TradedMarket]:
        """Return the markets of two coins, by their ids, that count for their price."""
        return [market for market in self.pairs.get((base, quote), NO_MARKETS) if market.served]

    def of_coin(self, base: str) -> list[TradedMarket]:
        """Return all markets whose base is a coin, by its id."""
        listed = self.coin(base)
        if listed is None:
            return []
        return [market for market in self.of_code(listed.coin.code) if market.base.id == base]

    def of_code(self, code: str) -> list[TradedMarket]:
        """Return all markets whose base has a code, which several coins may share."""
        start = bisect_left(self.markets, f"{code}\t", key=lambda market: market.order)
        return [*takewhile(lambda market: market.base.code == code, islice(self.markets, start, None))]

    def ids_of_code(self, code: str) -> list[str]:
        """Return the ids of all coins with a code."""
        return [listed.coin.id for listed in self.coins if listed.coin.code == code]
