"""Build a catalogue from listings and bindings."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import TypeVar

from msgspec.structs import replace

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin
from engine.catalogue.facts import Facts
from engine.catalogue.folding import fold
from engine.catalogue.identity import Binding, Identities
from engine.catalogue.identity.ownership import contested
from engine.catalogue.listings import EndedMarket, Listing, Market
from engine.catalogue.naming import names_of
from engine.catalogue.pacing import Yield, never, paced
from engine.catalogue.rows import TRADES, CoinState, ListedCoin, TradedMarket, TradedState

Ordered = TypeVar("Ordered", ListedCoin, TradedMarket)
ALWAYS = ("usdt", "usd", "usdc", "eur", "gbp", "try", "brl", "jpy", "aud", "cad", "chf")
"""Currencies that are known without a listing, as the pinned coins are: prices are converted to them."""
UNBOUND: Mapping[str, Binding] = {}


def build_catalogue(
    facts: Facts,
    identities: Identities | None = None,
    listings: Mapping[str, Listing] | None = None,
    ended: Iterable[EndedMarket] = (),
    yield_now: Yield = never,
) -> Catalogue:
    """Build a catalogue, with a pause after every 200 rows. Without listings it has the pinned coins."""
    known, bound = listings or {}, identities or Identities()
    codes = _codes_of(bound, yield_now)
    markets = _sorted(_markets(facts, codes, bound.coins, known, ended, yield_now), yield_now)
    rivals = contested(bound, yield_now)
    coins = _sorted(_coins(facts, bound, markets, rivals.values(), yield_now), yield_now)
    names = names_of(coins, markets, facts, bound.owners, rivals, yield_now)
    return Catalogue(
        _version(bound, known, coins, yield_now),
        min((listing.time for listing in known.values()), default=None),
        tuple(coins),
        tuple(markets),
        names,
        {rename.old: rename for rename in facts.renames if not rename.venue},
        {it.coin: bound.coins.get(it.coin, facts.coins[it.coin]) for it in facts.renames if it.coin},
        _former_names(facts, bound),
        {venue: {code: one.coin for code, one in of_venue.items()} for venue, of_venue in codes.items()},
        facts.venues | known.keys(),
        frozenset(known),
        {listed.coin.id: listed for listed in coins},
        _pairs(markets, yield_now),
    )


def _sorted(rows: Iterable[Ordered], yield_now: Yield) -> list[Ordered]:
    """Return rows in their order. The keys are computed with pauses, so that the sort itself is short."""
    kept = list(rows)
    yield_now()
    keys = [row.order for row in paced(kept, yield_now)]
    yield_now()
    places = sorted(range(len(kept)), key=keys.__getitem__)
    yield_now()
    return [kept[place] for place in places]


def _former_names(facts: Facts, identities: Identities) -> dict[str, tuple[str, ...]]:
    """Return the other names of coins that were renamed one to one, without their code."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for rename in facts.renames:
        if rename.one_to_one:
            code = identities.coins.get(rename.coin, facts.coins[rename.coin]).code
            names[rename.coin] |= {name: None for name in (rename.old, rename.new) if name != code}
    return {coin: tuple(others) for coin, others in names.items()}


def _codes_of(identities: Identities, yield_now: Yield) -> dict[str, dict[str, Binding]]:
    """Return the bindings of each venue's codes, including refused ones."""
    codes: dict[str, dict[str, Binding]] = defaultdict(dict)
    for binding in paced(identities.bindings.values(), yield_now):
        codes[binding.venue][binding.code] = binding
    return dict(codes)


def _markets(
    facts: Facts,
    codes: Mapping[str, Mapping[str, Binding]],
    coins: Mapping[str, Coin],
    listings: Mapping[str, Listing],
    ended: Iterable[EndedMarket],
    yield_now: Yield,
) -> Iterator[TradedMarket]:
    """Yield one market for each venue, base and quote, and the ended ones."""
    for venue, listing in listings.items():
        bound = codes.get(venue, UNBOUND)
        chosen: dict[tuple[str, str], TradedMarket] = {}
        preference = partial(_preference, facts, listing.time)
        for market in paced(listing.markets, yield_now):
            traded = _traded(market, bound, coins)
            if traded:
                other = chosen.setdefault((traded.base.id, traded.quote.id), traded)
                if other is not traded:
                    chosen[traded.base.id, traded.quote.id] = max(other, traded, key=preference)
        yield from chosen.values()
    for one in paced(ended, yield_now):
        market = replace(one.market, state="ended")
        if traded := _traded(market, codes.get(market.venue, UNBOUND), coins):
            yield traded


def _preference(facts: Facts, time: float, market: TradedMarket) -> tuple[bool, bool, int]:
    """Rank markets of the same coins: the best one trades, under the coin's code at its venue."""
    listed, coin = market.listed, market.base
    code = facts.code_at(listed.venue, coin.id, time) if coin.id in facts.coins else coin.code
    return market.served, fold(listed.base) == code, listed.since or 0


def _traded(market: Market, bound: Mapping[str, Binding], coins: Mapping[str, Coin]) -> TradedMarket | None:
    """Return a listed market with its coins, `None` if a code is not bound."""
    base = bound.get(market.base) or bound.get(fold(market.base))  # most codes equal their folded form
    quote = bound.get(market.quote) or bound.get(fold(market.quote))
    if base is None or quote is None or base.coin == quote.coin:
        return None
    return TradedMarket(coins[base.coin], coins[quote.coin], _state(market, base, quote), market)


def _state(market: Market, base: Binding, quote: Binding) -> TradedState:
    """Return the state of a market: that of its base, if its quote is known."""
    if market.state == "ended":
        return "ended"
    if "refused" in (base.state, quote.state):
        return "refused"
    if base.state == "pinned" and quote.served:
        return "pinned"
    return "proved" if base.served and quote.served else "tentative"


def _coins(
    facts: Facts,
    identities: Identities,
    markets: Iterable[TradedMarket],
    rivals: Iterable[tuple[str, ...]],
    yield_now: Yield,
) -> Iterator[ListedCoin]:
    """Yield every coin that trades somewhere or that a code may mean, and those that are always known."""
    venues: dict[str, dict[str, None]] = defaultdict(dict)
    for market in paced(markets, yield_now):
        listed = market.listed
        if market.state in TRADES and listed.state == "trading":
            venues[market.base.id][listed.venue] = venues[market.quote.id][listed.venue] = None
    for id_ in (*ALWAYS, *facts.pinned.values(), *chain.from_iterable(rivals)):
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
    """Return markets by their coins, one for each venue. An ended one counts only if there is no other."""
    pairs: dict[tuple[str, str], tuple[TradedMarket, ...]] = {}
    for market in paced(markets, yield_now):
        key = market.base.id, market.quote.id
        others = pairs.get(key, ())
        if market.state == "ended" and any(one.venue == market.venue for one in others):
            continue
        pairs[key] = (*(one for one in others if one.venue != market.venue), market)
    return pairs


def _version(
    identities: Identities, listings: Mapping[str, Listing], coins: Iterable[ListedCoin], yield_now: Yield
) -> str:
    """Return a hash of everything that can be requested."""
    lines = [f"{venue} {listing.version}" for venue, listing in listings.items()]
    lines += [f"{code} {owner}" for code, owner in identities.owners.items()]
    for binding in paced(identities.bindings.values(), yield_now):
        lines.append(f"{binding.venue} {binding.code} {binding.coin} {binding.state}")
    for listed in paced(coins, yield_now):
        coin = listed.coin
        lines.append(f"{coin.id} {coin.code} {coin.name} {coin.coingecko} {coin.rank}")
    yield_now()
    lines.sort()
    yield_now()
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=8).hexdigest()
