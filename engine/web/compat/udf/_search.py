"""The search for pairs in the whole catalogue."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin
from engine.catalogue.folding import LONGEST, fold
from engine.catalogue.looks import volume_key
from engine.catalogue.outcomes import Resolved
from engine.catalogue.rows import ListedCoin
from engine.catalogue.searching import Search

QUOTES = {"usdt": 0, "usd": 1}
"""The usual quotes, in the order in which a pair is meant where no volume is known."""
SEPARATORS = str.maketrans("", "", "/-_ ")


class FoundPair(NamedTuple):
    """A pair under the text that means it, with the US dollars that it traded in 24 hours."""

    symbol: str
    base: Coin
    quote: Coin
    volume: float


def find(
    typed: str, search: Search, volumes: Mapping[str, float], limit: int, venue: str | None = None
) -> list[FoundPair]:
    """Return pairs that a user's text means: of its exact code, then those it begins, then by coins' names.

    Within each group the most traded come first. Pinned coins have pairs against USDT and USD in any case.
    `venue` leaves those that it trades.
    """
    text = fold(typed.rpartition(":")[2])[:LONGEST]
    plain = text.translate(SEPARATORS)
    catalogue = search.catalogue
    found: dict[tuple[str, str], tuple[int, FoundPair]] = {}
    coins = (listed for listed in _coins(text, plain, search, limit) if listed.state != "tentative")
    for listed in coins:
        for pair in _pairs(listed, catalogue, volumes, venue):
            group = _group(pair, catalogue.former.get(pair.base.id, ()), text, plain)
            if group is not None:
                found.setdefault((pair.base.id, pair.quote.id), (group, pair))
    usual = {id_: place for place, id_ in enumerate(dict.fromkeys(catalogue.names.pinned.values()))}

    def order(it: tuple[int, FoundPair]) -> tuple[int, float, int, int]:
        group, pair = it
        return group, -pair.volume, usual.get(pair.base.id, len(usual)), QUOTES.get(pair.quote.id, 2)

    ordered = sorted(found.values(), key=order)
    return [pair for _, pair in ordered[:limit]]


def _coins(text: str, plain: str, search: Search, limit: int) -> Iterator[ListedCoin]:
    """Yield the coins whose code begins the text, the longest first, then those with the text in a name."""
    catalogue = search.catalogue
    for end in range(len(plain), 0, -1):
        if id_ := catalogue.names.coins.get(plain[:end]):
            yield catalogue.coin_by_id[id_]
    yield from search.coins(text, limit=limit).rows
    if text != plain:
        yield from search.coins(plain, limit=limit).rows


def _pairs(
    listed: ListedCoin, catalogue: Catalogue, volumes: Mapping[str, float], venue: str | None
) -> Iterator[FoundPair]:
    base = listed.coin
    quotes: dict[str, Coin] = {}
    if base.pinned and venue is None:
        quotes = {id_: catalogue.coin_by_id[id_].coin for id_ in QUOTES}
    traded: dict[str, float] = {}
    for market in catalogue.of_coin(base.id):
        if market.served and venue in (None, market.venue):
            quotes[market.quote.id] = market.quote
            volume = volumes.get(volume_key(market.venue, market.native), 0.0)
            traded[market.quote.id] = traded.get(market.quote.id, 0.0) + volume
    for id_, quote in quotes.items():
        yield FoundPair(shown(base, quote, catalogue), base, quote, traded.get(id_, 0.0))


def shown(base: Coin, quote: Coin, catalogue: Catalogue) -> str:
    """Return the text that means a pair: with the coin's id where its code means another coin, or several."""
    names = catalogue.names
    owned = names.coins.get(base.code) == base.id
    code = _usual(base, names.repeated) if owned else f"@{base.id}"
    return Resolved(base, quote, code).symbol


def _usual(coin: Coin, repeated: Iterable[str]) -> str:
    """Return the name of a pinned coin that clients still use, else its code."""
    former = [name for name in coin.aliases if name in repeated]
    return former[0] if coin.pinned and former else coin.code


def _group(pair: FoundPair, former: tuple[str, ...], text: str, plain: str) -> int | None:
    """Return how well a pair meets a text, the best first; `None` where it does not."""
    names = (pair.base.code, *pair.base.aliases, *former)
    joined = [name + pair.quote.code for name in names]
    if plain in names or plain in joined:
        return 0
    if any(name.startswith(plain) for name in joined):
        return 1
    inside = text in fold(pair.base.name) or any(plain in name for name in joined)
    return 2 if inside or text in pair.base.id.upper() else None
