"""Lists of coins and markets, a page at a time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import attrgetter

import msgspec

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.folding import fold
from engine.catalogue.kinds import Kind
from engine.catalogue.pacing import Yield, never, paced
from engine.catalogue.pages import Group, Page, Position, page_of, position_of
from engine.catalogue.rows import CoinState, ListedCoin, TradedMarket

BETWEEN = "\n"
"""Separator of names in one text. It occurs in no name and in no query."""


class Search(msgspec.Struct, frozen=True):
    """The coins of a catalogue, prepared for searches.

    `names` are all folded names in order, `places` has the index of each name's coin among the coins, and
    `texts` has all names of each coin.
    """

    catalogue: Catalogue
    names: tuple[str, ...]
    places: tuple[int, ...]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, catalogue: Catalogue, yield_now: Yield = never) -> "Search":
        """Prepare the search in a catalogue, with a pause after every 200 coins."""
        named: list[tuple[str, int]] = []
        texts = []
        for place, listed in enumerate(paced(catalogue.coins, yield_now)):
            coin = listed.coin
            former = catalogue.former.get(coin.id, ())
            names = dict.fromkeys((coin.code, *coin.aliases, *former, fold(coin.name), coin.id.upper()))
            named += ((name, place) for name in names if name)
            texts.append(BETWEEN.join(names))
        yield_now()
        named.sort()
        return cls(
            catalogue, tuple(name for name, _ in named), tuple(place for _, place in named), tuple(texts)
        )

    def coins(
        self,
        question: str = "",
        *,
        kind: Kind | None = None,
        state: CoinState | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[ListedCoin]:
        """Return coins whose names begin with a text, then those that contain it, the larger ones first.

        Raises `InvalidCursor`.
        """
        after = position_of(cursor)
        coins = self.catalogue.coins
        found = (
            (Position(group, coins[place].order), coins[place])
            for group, place in self._found(fold(question), after)
            if (kind is None or coins[place].coin.kind == kind)
            and (state is None or coins[place].state == state)
        )
        return page_of(found, limit)

    def _found(self, question: str, after: Position | None) -> Iterator[tuple[Group, int]]:
        """Yield the index and the group of each match after a position."""
        if not question:
            yield from ((Group.ALL, place) for place in range(self._start(Group.ALL, after), len(self.texts)))
            return
        exact = self._named(question, question)
        beginnings = self._named(question, question + "\U0010ffff") - exact
        for group, places in ((Group.EXACT, sorted(exact)), (Group.BEGINNING, sorted(beginnings))):
            start = self._start(group, after)
            yield from ((group, place) for place in places if place >= start)
        known = exact | beginnings
        for place in range(self._start(Group.PART, after), len(self.texts)):
            if question in self.texts[place] and place not in known:
                yield Group.PART, place

    def _named(self, first: str, last: str) -> set[int]:
        """Return the indices of the coins with a name between two texts."""
        return set(self.places[bisect_left(self.names, first) : bisect_right(self.names, last)])

    def _start(self, group: Group, after: Position | None) -> int:
        """Return the first index of a group after a position."""
        if after is None or after.group < group:
            return 0
        if after.group > group:
            return len(self.texts)
        return bisect_right(self.catalogue.coins, after.key, key=attrgetter("order"))


def list_markets(
    catalogue: Catalogue,
    *,
    base: str | None = None,
    code: str | None = None,
    quote: str | None = None,
    venue: str | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> Page[TradedMarket]:
    """Return markets in the order of base, quote and venue; `base` and `quote` are ids of coins.

    `code` is that of an ambiguous base: the result has the markets of all coins with this code. Raises
    `InvalidCursor`.
    """
    after = position_of(cursor)
    if code is not None:
        rows: Sequence[TradedMarket] = catalogue.of_code(code)
    else:
        rows = catalogue.of_coin(base) if base is not None else catalogue.markets
    start = bisect_right(rows, after.key, key=attrgetter("order")) if after else 0
    found = (
        (Position(Group.ALL, market.order), market)
        for market in islice(rows, start, None)
        if (quote is None or market.quote.id == quote) and (venue is None or market.venue == venue)
    )
    return page_of(found, limit)
