"""The coins that clients' names mean."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from engine.catalogue.coins import Rename
from engine.catalogue.facts import Facts
from engine.catalogue.folding import fold
from engine.catalogue.pacing import Yield, paced
from engine.catalogue.rows import SERVED, ListedCoin, TradedMarket

CURRENCIES = frozenset("USDT USD EUR GBP TRY BRL JPY AUD CAD CHF USDC BTC ETH".split())
"""Quotes that every coin is converted to."""
Pair = tuple[str, str]
"""The codes of a base and a quote."""


class Names(msgspec.Struct, frozen=True):
    """The meanings of folded names.

    `coins` has the id of the coin that a name means, `pinned` those of pinned coins only, `contested` the ids
    of several possible coins, and `rivals` the other coins with an owned code. `concatenations` are listed
    pairs without a separator, each with one of its markets, and `clashes` those that two pairs share.
    `at_venues` are codes that mean a coin only at their venues, `known` all names in order, `repeated` those
    that answers repeat. For all times from `present` on, a name has the same meaning.
    """

    coins: Mapping[str, str]
    pinned: Mapping[str, str]
    contested: Mapping[str, tuple[str, ...]]
    rivals: Mapping[str, tuple[str, ...]]
    concatenations: Mapping[str, TradedMarket]
    clashes: Mapping[str, tuple[Pair, ...]]
    quotes: frozenset[str]
    at_venues: frozenset[str]
    known: tuple[str, ...]
    repeated: frozenset[str]
    present: float


def names_of(
    coins: Iterable[ListedCoin],
    markets: Iterable[TradedMarket],
    facts: Facts,
    owners: Mapping[str, str],
    contested: Mapping[str, tuple[str, ...]],
    yield_now: Yield,
) -> Names:
    """Return what names mean: codes before aliases, these before former names, these before full names."""
    served = [listed for listed in coins if listed.state in SERVED]
    means = _codes([listed for listed in served if listed.coin.code not in contested], facts, owners)
    for listed in served:
        for alias in listed.coin.aliases:
            if alias not in contested:
                means.setdefault(alias, listed.coin.id)
    yield_now()
    ids = {listed.coin.id for listed in served}
    for name, coin in _former(facts.renames):
        if coin in ids and name not in contested:
            means.setdefault(name, coin)
    for name, coin in _full_names(served):
        if name not in contested:
            means.setdefault(name, coin)
    yield_now()
    concatenations, clashes, at_venues = _joined(markets, means, yield_now)
    return Names(
        means,
        facts.pinned,
        contested,
        _rivals(coins, means),
        concatenations,
        clashes,
        frozenset(market.quote.code for market in markets if market.served) | CURRENCIES,
        at_venues,
        tuple(sorted(means)),
        frozenset(name for name, _ in _former(facts.renames)),
        max((rename.since for rename in facts.renames if rename.since is not None), default=0.0),
    )


def _codes(served: Iterable[ListedCoin], facts: Facts, owners: Mapping[str, str]) -> dict[str, str]:
    """Return the coins of codes: pinned names always mean the pinned coin, others their owner."""
    means = dict(facts.pinned)
    for listed in served:
        code = listed.coin.code
        if owners.get(code, listed.coin.id if not listed.venues else None) == listed.coin.id:
            means.setdefault(code, listed.coin.id)
    return means


def _former(renames: Iterable[Rename]) -> Iterable[tuple[str, str]]:
    """Yield the names of coins that were renamed one to one."""
    for rename in renames:
        if rename.one_to_one:
            yield rename.new, rename.coin
            yield rename.old, rename.coin


def _full_names(served: Iterable[ListedCoin]) -> list[tuple[str, str]]:
    """Return unique full names with their coins."""
    coins: dict[str, list[str]] = defaultdict(list)
    for listed in served:
        if listed.coin.name:
            coins[fold(listed.coin.name)].append(listed.coin.id)
    return [(name, ids[0]) for name, ids in coins.items() if len(ids) == 1]


def _rivals(coins: Iterable[ListedCoin], means: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the other coins of codes that one coin owns."""
    called: dict[str, list[str]] = defaultdict(list)
    for listed in coins:
        if means.get(listed.coin.code, listed.coin.id) != listed.coin.id:
            called[listed.coin.code].append(listed.coin.id)
    return {code: tuple(ids) for code, ids in called.items()}


def _joined(
    markets: Iterable[TradedMarket], means: Mapping[str, str], yield_now: Yield
) -> tuple[dict[str, TradedMarket], dict[str, tuple[Pair, ...]], frozenset[str]]:
    """Return concatenations of served markets, those that clash, and traded codes without a meaning."""
    concatenations: dict[str, TradedMarket] = {}
    clashes: dict[str, tuple[Pair, ...]] = {}
    at_venues: set[str] = set()
    for market in paced(markets, yield_now):
        base, quote = market.base.code, market.quote.code
        if not market.trading:
            continue
        if base not in means:
            at_venues.add(base)
        if not market.served:
            continue
        text = base + quote
        first = concatenations.setdefault(text, market)
        if first.base.code != base and (base, quote) not in clashes.get(text, ()):
            clashes[text] = (*clashes.get(text, ((first.base.code, first.quote.code),)), (base, quote))
    return concatenations, clashes, frozenset(at_venues)
