"""A catalogue from listings and bindings."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin
from engine.catalogue.facts import Facts
from engine.catalogue.folding import fold
from engine.catalogue.identity import Binding, Identities
from engine.catalogue.identity.codes import BATCH
from engine.catalogue.identity.ownership import contested
from engine.catalogue.identity.values import key_of
from engine.catalogue.listings import EndedMarket, Listing, Market
from engine.catalogue.naming import names_of
from engine.catalogue.rows import TRADES, CoinState, ListedCoin, TradedMarket, TradedState

T = TypeVar("T")
Yield = Callable[[], None]
ALWAYS = ("usdt", "usd", "usdc", "eur", "gbp", "try", "brl", "jpy", "aud", "cad", "chf")
"""Currencies that are known without any listing, as the pinned coins are: prices are converted to them."""


def build_catalogue(
    facts: Facts,
    identities: Identities | None = None,
    listings: Mapping[str, Listing] | None = None,
    ended: Iterable[EndedMarket] = (),
    yield_now: Yield = lambda: None,
) -> Catalogue:
    """Build a catalogue, with a rest after every 200 rows. Without listings it has the pinned coins."""
    known, bound = listings or {}, identities or Identities()
    markets = sorted(_markets(bound, known, ended, yield_now), key=lambda market: market.order)
    yield_now()
    coins = sorted(_coins(facts, bound, markets, yield_now), key=lambda listed: listed.order)
    yield_now()
    names = names_of(coins, markets, facts, bound.owners, contested(bound), yield_now)
    former = {rename.coin for rename in facts.renames if rename.coin}
    return Catalogue(
        _version(bound, known, yield_now),
        min((listing.time for listing in known.values()), default=None),
        tuple(coins),
        tuple(markets),
        names,
        {rename.old: rename for rename in facts.renames if not rename.venue},
        {id_: bound.coins.get(id_, facts.coins[id_]) for id_ in former},
        _venue_codes(bound, yield_now),
        facts.venues | known.keys(),
        {listed.coin.id: listed for listed in coins},
        _by_key(markets, yield_now),
        _pairs(markets, yield_now),
    )


def _paced(rows: Iterable[T], yield_now: Yield) -> Iterator[T]:
    """Yield rows with a rest after every batch."""
    for number, row in enumerate(rows):
        if number % BATCH == BATCH - 1:
            yield_now()
        yield row


def _venue_codes(identities: Identities, yield_now: Yield) -> dict[str, dict[str, str]]:
    """Return the coin of each venue's codes; of a refused one the coin that it was taken for."""
    codes: dict[str, dict[str, str]] = defaultdict(dict)
    for binding in _paced(identities.bindings.values(), yield_now):
        codes[binding.venue][binding.code] = binding.coin
    return dict(codes)


def _markets(
    identities: Identities,
    listings: Mapping[str, Listing],
    ended: Iterable[EndedMarket],
    yield_now: Yield,
) -> Iterator[TradedMarket]:
    """Yield one market for each venue, base and quote, and those that ended."""
    for listing in listings.values():
        chosen: dict[tuple[str, str], TradedMarket] = {}
        for market in _paced(listing.markets, yield_now):
            traded = _traded(market, identities)
            if traded:
                key = traded.base.id, traded.quote.id
                chosen[key] = max(chosen.get(key, traded), traded, key=_preference)
        yield from chosen.values()
    for one in _paced(ended, yield_now):
        traded = _traded(replace(one.market, state="ended"), identities)
        if traded:
            yield traded


def _preference(market: TradedMarket) -> tuple[bool, bool, int]:
    """Return an order of two markets of the same coins: one that trades, under the coin's present code."""
    listed = market.listed
    return market.served, fold(listed.base) == market.base.code, listed.since or 0


def _traded(market: Market, identities: Identities) -> TradedMarket | None:
    """Return a listed market with its coins, `None` where a code is not bound."""
    base = identities.bindings.get(key_of(market.venue, fold(market.base)))
    quote = identities.bindings.get(key_of(market.venue, fold(market.quote)))
    if base is None or quote is None or base.coin == quote.coin:
        return None
    coins = identities.coins
    return TradedMarket(coins[base.coin], coins[quote.coin], _state(market, base, quote), market)


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
    for market in _paced(markets, yield_now):
        if market.state not in ("refused", "ended") and market.listed.state == "trading":
            venues[market.base.id][market.venue] = None
            venues[market.quote.id].setdefault(market.venue)
    for id_ in (*ALWAYS, *facts.pinned.values()):
        venues.setdefault(id_, {})
    states: dict[str, CoinState] = {}
    for binding in _paced(identities.bindings.values(), yield_now):
        if binding.served and states.get(binding.coin) != "pinned":
            states[binding.coin] = "pinned" if binding.state == "pinned" else "proved"
    for id_ in ALWAYS:
        states.setdefault(id_, "proved")
    for id_, where in _paced(venues.items(), yield_now):
        coin: Coin = identities.coins.get(id_) or facts.coins[id_]
        state: CoinState = "pinned" if coin.pinned else states.get(id_, "tentative")
        yield ListedCoin(coin, state, tuple(sorted(where)))


def _by_key(markets: Iterable[TradedMarket], yield_now: Yield) -> dict[tuple[str, str, str], TradedMarket]:
    """Return markets by venue, base and quote; one that ended only where no other is there."""
    found: dict[tuple[str, str, str], TradedMarket] = {}
    for market in _paced(markets, yield_now):
        key = market.venue, market.base.id, market.quote.id
        if market.state != "ended" or key not in found:
            found[key] = market
    return found


def _pairs(
    markets: Iterable[TradedMarket], yield_now: Yield
) -> dict[tuple[str, str], tuple[TradedMarket, ...]]:
    pairs: dict[tuple[str, str], list[TradedMarket]] = defaultdict(list)
    for market in _paced(markets, yield_now):
        if market.listed.state == "trading" and market.state in TRADES:
            pairs[market.base.id, market.quote.id].append(market)
    return {pair: tuple(rows) for pair, rows in pairs.items()}


def _version(identities: Identities, listings: Mapping[str, Listing], yield_now: Yield) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for venue, listing in sorted(listings.items()):
        digest.update(f"{venue} {listing.version}\n".encode())
    for key, binding in _paced(sorted(identities.bindings.items()), yield_now):
        digest.update(f"{key} {binding.coin} {binding.state}\n".encode())
    for code, owner in sorted(identities.owners.items()):
        digest.update(f"{code} {owner}\n".encode())
    return digest.hexdigest()
