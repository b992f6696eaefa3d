"""Suggest names that are similar to an unknown one."""

from bisect import bisect_left
from collections.abc import Iterator

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.folding import fold
from engine.catalogue.rows import TradedMarket

MOST = 5
LONGEST = 16
"""Maximum number of characters of a text to search for slips of one letter."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def similar(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return up to five similar texts with a meaning: unproved codes at venues, slips, beginnings."""
    return _first(_similar(text, catalogue))


def similar_pairs(base: str, quote: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return up to five pairs with a similar base and the same quote."""
    return _first(_pairs(base, quote, catalogue))


def _first(texts: Iterator[str]) -> tuple[str, ...]:
    """Return the first few different texts."""
    found: dict[str, None] = {}
    for text in texts:
        found[text] = None
        if len(found) == MOST:
            break
    return tuple(found)


def _pairs(base: str, quote: str, catalogue: Catalogue) -> Iterator[str]:
    names = catalogue.names
    yield from _at_venues(base, quote, catalogue)
    quotes = [quote] if quote in names.quotes else [one for one in _slips(quote) if one in names.quotes]
    bases = [base] if base in names.coins else _names(base, catalogue)
    for one in bases:
        yield from (f"{one}/{other}" for other in quotes if other != one)


def _similar(text: str, catalogue: Catalogue) -> Iterator[str]:
    names = catalogue.names
    yield from _at_venues(text, "USDT", catalogue)
    yield from (slip for slip in _slips(text) if slip in names.coins or slip in names.concatenations)
    for place in range(len(text) - 1, 0, -1):
        base, quote = text[:place], text[place:]
        if quote in names.quotes:
            yield from _at_venues(base, quote, catalogue)
            yield from (f"{slip}/{quote}" for slip in _slips(base) if slip in names.coins and slip != quote)
    yield from _beginnings(text, catalogue)
    rename = catalogue.renames.get(text)
    if rename and rename.new in names.coins:
        yield rename.new


def _at_venues(code: str, quote: str, catalogue: Catalogue) -> Iterator[str]:
    """Yield a market of an unproved code for each venue: against `quote`, or else against any quote."""
    if code not in catalogue.names.at_venues:
        return
    chosen: dict[str, TradedMarket] = {}
    for market in catalogue.of_code(code):
        if market.trading and (market.venue not in chosen or market.quote.code == quote):
            chosen[market.venue] = market
    yield from (f"{fold(it.listed.base)}/{it.quote.code}:{venue}" for venue, it in chosen.items())


def _names(text: str, catalogue: Catalogue) -> Iterator[str]:
    yield from (slip for slip in _slips(text) if slip in catalogue.names.coins)
    yield from _beginnings(text, catalogue)


def _beginnings(text: str, catalogue: Catalogue) -> Iterator[str]:
    """Yield names that begin with a text, the first by letter."""
    known = catalogue.names.known
    place = bisect_left(known, text)
    while place < len(known) and known[place].startswith(text):
        yield known[place]
        place += 1


def _slips(text: str) -> Iterator[str]:
    """Yield all texts with one letter removed, swapped with its neighbour, changed or added."""
    if len(text) > LONGEST:
        return
    cuts = [(text[:place], text[place:]) for place in range(len(text) + 1)]
    yield from (left + right[1:] for left, right in cuts if right and len(text) > 1)
    yield from (left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1)
    yield from (left + letter + right[1:] for left, right in cuts if right for letter in LETTERS)
    yield from (left + letter + right for left, right in cuts for letter in LETTERS)
