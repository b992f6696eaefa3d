"""A catalogue from listings and bindings."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin
from engine.catalogue.facts import Facts
from engine.catalogue.folding import fold
from engine.catalogue.identity import Binding, Identities
from engine.catalogue.identity.ownership import contested
from engine.catalogue.identity.values import key_of
from engine.catalogue.listings import EndedMarket, Listing, Market
from engine.catalogue.naming import names_of
from engine.catalogue.pacing import Yield, never, paced
from engine.catalogue.rows import CoinState, ListedCoin, TradedMarket, TradedState

Ordered = TypeVar("Ordered", ListedCoin, TradedMarket)
ALWAYS = ("usdt", "usd", "usdc", "eur", "gbp", "try", "brl", "jpy", "aud", "cad", "chf")
"""Currencies that are known without any listing, as the pinned coins are: prices are converted to them."""


def build_catalogue(
    facts: Facts,
    identities: Identities | None = None,
    listings: Mapping[str, Listing] | None = None,
    ended: Iterable[EndedMarket] = (),
    yield_now: Yield = never,
) -> Catalogue:
    """Build a catalogue, with a rest after every 200 rows. Without listings it has the pinned coins."""
    known, bound = listings or {}, identities or Identities()
    markets = _sorted(_markets(bound, known, ended, yield_now), yield_now)
    coins = _sorted(_coins(facts, bound, markets, yield_now), yield_now)
    names = names_of(coins, markets, facts, bound.owners, contested(bound, yield_now), yield_now)
    former = {rename.coin for rename in facts.renames if rename.coin}
    return Catalogue(
        _version(bound, known, yield_now),
        min((listing.time for listing in known.values()), default=None),
        tuple(coins),
        tuple(markets),
        names,
        {rename.old: rename for rename in facts.renames if not rename.venue},
        {id_: bound.coins.get(id_, facts.coins[id_]) for id_ in former},
        _former_names(facts, bound),
        _venue_codes(bound, yield_now),
        facts.venues | known.keys(),
        {listed.coin.id: listed for listed in coins},
        _pairs(markets, yield_now),
    )


def _sorted(rows: Iterable[Ordered], yield_now: Yield) -> list[Ordered]:
    """Return rows in their order. Their keys are made with rests, so that sorting them is short."""
    kept = list(rows)
    yield_now()
    keys = [row.order for row in paced(kept, yield_now)]
    yield_now()
    places = sorted(range(len(kept)), key=keys.__getitem__)
    yield_now()
    return [kept[place] for place in places]


def _former_names(facts: Facts, identities: Identities) -> dict[str, tuple[str, ...]]:
    """Return the names that coins got or lost by renames one to one, without their code."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for rename in facts.renames:
        if rename.one_to_one:
            code = identities.coins.get(rename.coin, facts.coins[rename.coin]).code
            names[rename.coin] |= {name: None for name in (rename.old, rename.new) if name != code}
    return {coin: tuple(others) for coin, others in names.items()}


def _venue_codes(identities: Identities, yield_now: Yield) -> dict[str, dict[str, str]]:
    """Return the coin of each venue's codes; of a refused one the coin that it was taken for."""
    codes: dict[str, dict[str, str]] = defaultdict(dict)
    for binding in paced(identities.bindings.values(), yield_now):
        codes[binding.venue][binding.code] = binding.coin
    return dict(codes)


def _markets(
    identities: Identities,
    listings: Mapping[str, Listing],
    ended: Iterable[EndedMarket],
    yield_now: Yield,
) -> Iterator[TradedMarket]:
    """Yield one market for each venue, base and quote, and those that ended."""
    for venue, listing in listings.items():
        bound = _Bound(venue, identities)
        chosen: dict[tuple[str, str], TradedMarket] = {}
        for market in paced(listing.markets, yield_now):
            traded = _traded(market, bound)
            if traded:
                other = chosen.setdefault((traded.base.id, traded.quote.id), traded)
                if other is not traded:
                    chosen[traded.base.id, traded.quote.id] = max(other, traded, key=_preference)
        yield from chosen.values()
    for one in paced(ended, yield_now):
        traded = _traded(replace(one.market, state="ended"), _Bound(one.market.venue, identities))
        if traded:
            yield traded


class _Bound:
    """The bindings of one venue by its own spelling of a code."""

    def __init__(self, venue: str, identities: Identities) -> None:
        self.coins = identities.coins
        self._venue = venue
        self._bindings = identities.bindings
        self._known: dict[str, Binding | None] = {}

    def __call__(self, code: str) -> Binding | None:
        """Return what a code means, `None` where it is not bound."""
        if code not in self._known:
            self._known[code] = self._bindings.get(key_of(self._venue, fold(code)))
        return self._known[code]


def _preference(market: TradedMarket) -> tuple[bool, bool, int]:
    """Return an order of two markets of the same coins: one that trades, under the coin's present code."""
    listed = market.listed
    return market.served, fold(listed.base) == market.base.code, listed.since or 0


def _traded(market: Market, bound: _Bound) -> TradedMarket | None:
    """Return a listed market with its coins, `None` where a code is not bound."""
    base, quote = bound(market.base), bound(market.quote)
    if base is None or quote is None or base.coin == quote.coin:
        return None
    return TradedMarket(bound.coins[base.coin], bound.coins[quote.coin], _state(market, base, quote), market)


def _state(market: Market, base: Binding, quote: Binding) -> TradedState:
    """Return how well both coins of a market are known: as well as the base, where the quote is known."""
    if market.state == "ended":
        return "ended"
    if "refused" in (base.state, quote.state):
        return "refused"
    if base.state == "pinned" and quote.served:
        return "pinned"
    return "proved" if base.served and quote.served else "tentative"


def _coins(
    facts: Facts, identities: Identities, markets: Iterable[TradedMarket], yield_now: Yield
) -> Iterator[ListedCoin]:
    """Yield every coin that trades somewhere, and those that are always known."""
    venues: dict[str, dict[str, None]] = defaultdict(dict)
    for market in paced(markets, yield_now):
        if market.state not in ("refused", "ended") and market.listed.state == "trading":
            venues[market.base.id][market.venue] = None
            venues[market.quote.id].setdefault(market.venue)
    for id_ in (*ALWAYS, *facts.pinned.values()):
        venues.setdefault(id_, {})
    states: dict[str, CoinState] = {}
    for binding in paced(identities.bindings.values(), yield_now):
        if binding.served and states.get(binding.coin) != "pinned":
            states[binding.coin] = "pinned" if binding.state == "pinned" else "proved"
    for id_ in ALWAYS:
        states.setdefault(id_, "proved")
    same: dict[tuple[str, ...], tuple[str, ...]] = {}  # most coins trade at the same few venues
    for id_, where in paced(venues.items(), yield_now):
        coin: Coin = identities.coins.get(id_) or facts.coins[id_]
        state: CoinState = "pinned" if coin.pinned else states.get(id_, "tentative")
        names = tuple(sorted(where))
        yield ListedCoin(coin, state, same.setdefault(names, names))


def _pairs(
    markets: Iterable[TradedMarket], yield_now: Yield
) -> dict[tuple[str, str], tuple[TradedMarket, ...]]:
    """Return markets by their coins, one for each venue: one that ended only where no other is there."""
    pairs: dict[tuple[str, str], tuple[TradedMarket, ...]] = {}
    for market in paced(markets, yield_now):
        key = market.base.id, market.quote.id
        others = pairs.get(key, ())
        if market.state == "ended" and any(one.venue == market.venue for one in others):
            continue
        pairs[key] = (*(one for one in others if one.venue != market.venue), market)
    return pairs


def _version(identities: Identities, listings: Mapping[str, Listing], yield_now: Yield) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for venue, listing in sorted(listings.items()):
        digest.update(f"{venue} {listing.version}\n".encode())
    for key, binding in paced(sorted(identities.bindings.items()), yield_now):
        digest.update(f"{key} {binding.coin} {binding.state}\n".encode())
    for code, owner in sorted(identities.owners.items()):
        digest.update(f"{code} {owner}\n".encode())
    return digest.hexdigest()
