"""The codes of a listing, each with the venue's facts about it."""

from collections.abc import Iterator

import msgspec

from engine.catalogue.facts import Facts
from engine.catalogue.folding import fold
from engine.catalogue.kinds import Kind, kind_of
from engine.catalogue.listings import Listing, Market
from engine.catalogue.pacing import Yield, paced


class ListedCode(msgspec.Struct, frozen=True):
    """A folded code of a venue: its reviewed coin, its name at the venue, its kind and contracts."""

    venue: str
    code: str
    kind: Kind
    meaning: str | None = None
    name: str | None = None
    contracts: tuple[str, ...] = ()


def listed_codes(listing: Listing, facts: Facts, yield_now: Yield) -> Iterator[ListedCode]:
    """Yield every code of a listing once, bases and quotes alike."""
    bases: dict[str, Market] = {}
    quotes: dict[str, None] = {}
    for market in paced(listing.markets, yield_now):
        if market.state != "ended":
            code = fold(market.base)
            known = bases.get(code)
            if known is None or (market.name and not known.name):
                bases[code] = market
            quotes[fold(market.quote)] = None
    codes = bases.keys() | quotes.keys()
    for code in paced([*bases, *(quote for quote in quotes if quote not in bases)], yield_now):
        yield _listed(listing, code, bases.get(code), facts, codes)


def _listed(listing: Listing, code: str, market: Market | None, facts: Facts, codes: set[str]) -> ListedCode:
    venue = listing.venue
    said = market.kind if market else None
    name = market.name if market else None
    meaning = facts.meaning(venue, code)
    if meaning and said not in (None, facts.coins[meaning].kind):
        meaning = None  # at this venue it is of another kind
    if meaning and name and facts.is_taken_over(venue, meaning, code, name, listing.time):
        meaning = None
    kind = facts.coins[meaning].kind if meaning else said or kind_of(code, name, codes)
    return ListedCode(venue, code, kind, meaning, name, market.contracts if market else ())
