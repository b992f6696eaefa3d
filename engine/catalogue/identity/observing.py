"""Check bindings by prices, which prove some bindings and refuse those with another coin's price."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Literal

from engine.catalogue.identity import prices
from engine.catalogue.identity.coins import CoinBook
from engine.catalogue.identity.judging import Prices, judged
from engine.catalogue.identity.ownership import with_owners
from engine.catalogue.identity.prices import Vote, camp
from engine.catalogue.identity.values import Binding, Event, Identities, Look, Price, Reference, key_of
from engine.catalogue.pacing import Yield, never, paced

RANKED = 500
"""Maximum rank for an aggregator's price to count like a venue's."""
ANCHORS = ("btc", "eth", "sol", "bnb", "eur")
"""Coins that others are pegged to, besides the dollar."""


def observe(
    identities: Identities, look: Look, yield_now: Yield = never
) -> tuple[Identities, tuple[Event, ...]]:
    """Return the bindings after a look at prices, with the events of changes.

    A look less than 20 seconds after the last one changes nothing.
    """
    if identities.looked and look.time - identities.looked < prices.SPACING:
        return identities, ()
    seen = _seen(identities.bindings, look, yield_now)
    votes = _votes(identities.bindings, seen, look.references, yield_now)
    camps = {coin: camp(voters) for coin, voters in paced(votes.items(), yield_now)}
    anchors = [median(vote.usd for vote in camps[coin]) for coin in ANCHORS if camps.get(coin)]
    book = CoinBook(identities.coins.values(), yield_now)
    prices_ = Prices(look.time, votes, camps, (1.0, *anchors), book)
    bindings = dict(identities.bindings)
    events = []
    for key, price in paced(seen.items(), yield_now):
        before, after = bindings[key], judged(bindings[key], price, prices_)
        if after is not before:
            bindings[key] = after
            if what := _change(before, after):
                events.append(_event(what, before, after, price, camps))
    observed = Identities(bindings, book.coins, identities.owners, look.time)
    return with_owners(observed, look.time, yield_now), tuple(events)


def coin_prices(identities: Identities, look: Look, yield_now: Yield = never) -> dict[str, float]:
    """Return the price of each coin at a look in US dollars: the median of the venues with a bound code."""
    by_coin: dict[str, list[float]] = defaultdict(list)
    for key, price in paced(_seen(identities.bindings, look, yield_now).items(), yield_now):
        binding = identities.bindings[key]
        if binding.state != "refused":
            by_coin[binding.coin].append(price.usd)
    return {coin: median(found) for coin, found in paced(by_coin.items(), yield_now)}


def _seen(bindings: Mapping[str, Binding], look: Look, yield_now: Yield) -> dict[str, Price]:
    """Return the traded prices of bound codes, by the key of the code."""
    seen = {}
    for price in paced(look.prices, yield_now):
        key = key_of(price.venue, price.code)
        if price.usd > 0 and price.volume != 0 and key in bindings:
            seen[key] = price
    return seen


def _votes(
    bindings: Mapping[str, Binding],
    seen: Mapping[str, Price],
    references: Iterable[Reference],
    yield_now: Yield,
) -> dict[str, list[Vote]]:
    """Return the prices of each coin, from every venue with a bound code and from aggregators."""
    votes: dict[str, list[Vote]] = defaultdict(list)
    for key, price in paced(seen.items(), yield_now):
        binding = bindings[key]
        if binding.state != "refused":
            votes[binding.coin].append(Vote(price.venue, price.usd, price.volume, binding.served))
    for one in paced(references, yield_now):
        if one.usd > 0:
            counts = one.rank is not None and one.rank <= RANKED
            votes[one.coin].append(Vote("", one.usd, None, settled=True, counts=counts))
    return votes


def _change(before: Binding, after: Binding) -> Literal["proved", "unbound", "rebound"] | None:
    """Return the kind of a change, `None` if operators need not know it."""
    if before.state == after.state:
        return None
    if after.state == "refused":
        return "unbound"
    if after.served:
        return "rebound" if before.state == "refused" else "proved"
    return None


def _event(
    what: Literal["proved", "unbound", "rebound"],
    before: Binding,
    after: Binding,
    price: Price,
    camps: Mapping[str, list[Vote]],
) -> Event:
    others = [vote.usd for vote in camps.get(before.coin, ()) if vote.voter != before.venue]
    ratio = prices.likely_ratio(price.usd, median(others)) if what == "unbound" and others else None
    return Event(what, before.venue, before.code, after.coin, ratio)
