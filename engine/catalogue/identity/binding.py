"""Bind codes to coins by reviewed meanings, contracts and names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from msgspec.structs import replace

from engine.catalogue.coins import Coin
from engine.catalogue.facts import Facts
from engine.catalogue.folding import alike, contains, fold
from engine.catalogue.identity.codes import ListedCode, listed_codes
from engine.catalogue.identity.coins import CoinBook, is_linked
from engine.catalogue.identity.ownership import STRAYS, with_owners
from engine.catalogue.identity.values import (
    Binding,
    BindingState,
    Event,
    Identities,
    key_of,
)
from engine.catalogue.listings import ENDED_KEPT, Listing
from engine.catalogue.pacing import Yield, never, paced
from providers import Candidate

SEEN_AGAIN = 86_400.0
"""Seconds between two updates of the time at which a code was last listed."""


def bind(
    identities: Identities,
    listings: Mapping[str, Listing],
    candidates: Iterable[Candidate],
    facts: Facts,
    now: float,
    yield_now: Yield = never,
) -> tuple[Identities, tuple[Event, ...]]:
    """Return the bindings of every listed code, with the events of changes.

    Bindings of venues without a listing here stay as they are. Bindings of codes that their venue has not
    listed for 90 days are deleted. A code alone binds nothing, unless the facts have its meaning.
    """
    book = CoinBook({**identities.coins, **_updated(facts, identities)}.values(), yield_now)
    known = _Aggregated(book, candidates, listings, yield_now)
    bindings = dict(identities.bindings)
    events: list[Event] = []
    for venue, listing in listings.items():
        for listed in listed_codes(listing, facts, yield_now):
            key = key_of(venue, listed.code)
            before = identities.bindings.get(key)
            after = _bound(listed, before, known, now)
            bindings[key] = after if now - after.seen < SEEN_AGAIN else replace(after, seen=now)
            if before and before.served and after.coin != before.coin:
                events.append(Event("rebound", venue, listed.code, after.coin))
    kept = {key: one for key, one in paced(bindings.items(), yield_now) if now - one.seen < ENDED_KEPT}
    bound = Identities(kept, book.coins, identities.owners, identities.looked)
    return with_owners(bound, now, yield_now), tuple(events)


def _updated(facts: Facts, identities: Identities) -> dict[str, Coin]:
    """Return the facts' coins, with later data of aggregators."""
    updated = {}
    for coin in facts.coins.values():
        known = identities.coins.get(coin.id, coin)
        updated[coin.id] = replace(
            coin,
            rank=known.rank,
            coingecko=coin.coingecko or known.coingecko,
            coinpaprika=coin.coinpaprika or known.coinpaprika,
            coinmarketcap=coin.coinmarketcap or known.coinmarketcap,
            coinlore=coin.coinlore or known.coinlore,
        )
    return updated


class _Aggregated:
    """The aggregators' coins that match listed codes."""

    def __init__(
        self,
        book: CoinBook,
        candidates: Iterable[Candidate],
        listings: Mapping[str, Listing],
        yield_now: Yield,
    ) -> None:
        self.book = book
        self._by_code: dict[str, list[Candidate]] = defaultdict(list)
        self._by_contract: dict[str, Candidate] = {}
        rows = list(chain.from_iterable(listing.markets for listing in listings.values()))
        codes = {fold(market.base) for market in paced(rows, yield_now)}
        contracts = {contract for market in rows if market.contracts for contract in market.contracts}
        for candidate in paced(candidates, yield_now):
            for contract in candidate.contracts if contracts else ():
                if contract in contracts:
                    self._by_contract.setdefault(contract, candidate)
            code = fold(candidate.code)
            if code in codes:
                self._by_code[code].append(candidate)
                if candidate.rank is not None:
                    book.of_candidate(candidate)

    def by_contract(self, listed: ListedCode) -> tuple[Coin, str] | None:
        """Return the coin with one of the code's contracts."""
        for contract in listed.contracts:
            if candidate := self._by_contract.get(contract):
                return self.book.of_candidate(candidate), contract
        return None

    def by_name(self, listed: ListedCode, minted: str | None) -> list[Coin]:
        """Return the coins with the code, kind and name of a listed code: by equal names, else by parts.

        `minted` is the coin that was created for the code. Its name is the venue's, and proves nothing.
        """
        if listed.name is None:
            return []
        for matches in (alike, contains):
            for candidate in self._by_code.get(listed.code, ()):
                if matches(candidate.name, listed.name):
                    self.book.of_candidate(candidate)
            coins = [
                coin
                for coin in self.book.of_code(listed.code, listed.kind)
                if matches(coin.name, listed.name) and (coin.id != minted or is_linked(coin))
            ]
            if coins:
                return coins
        return []


def _bound(listed: ListedCode, before: Binding | None, known: _Aggregated, now: float) -> Binding:
    """Return the binding of a code by names and contracts. A result of earlier prices stays."""
    if before and before.state == "refused":
        return before
    if before and before.kind != listed.kind:
        before = None
    if listed.meaning:
        coin = known.book.coins[listed.meaning]
        return _settled(listed, before, coin, "pinned" if coin.pinned else "proved", "reviewed", now)
    if found := known.by_contract(listed):
        return _settled(listed, before, found[0], "proved", f"contract {found[1]}", now)
    if before and before.served and not _contradicted(listed, before, known.book):
        return before
    doubts = before.doubts if before else ()
    named = known.by_name(listed, before.coin if before else None)
    named = [coin for coin in named if doubts.count(coin.id) < STRAYS]
    if len(named) == 1:
        if before and before.named and before.coin == named[0].id:
            return before
        return _first(listed, named[0], "tentative", ("name",), now)
    state: BindingState = "ambiguous" if named else "tentative"
    if before and not before.served:
        return before if before.evidence or before.state == state else replace(before, state=state)
    minted = known.book.mint(listed.code, listed.name or "", listed.kind, listed.venue)
    return _first(listed, minted, state, (), now)


def _settled(
    listed: ListedCode, before: Binding | None, coin: Coin, state: BindingState, proof: str, now: float
) -> Binding:
    """Return a binding that needs no prices. An equal one stays, with the results of earlier prices."""
    if before and (before.coin, before.state) == (coin.id, state):
        return before
    return _first(listed, coin, state, (proof,), now)


def _first(
    listed: ListedCode, coin: Coin, state: BindingState, evidence: tuple[str, ...], now: float
) -> Binding:
    named = evidence == ("name",)
    return Binding(
        listed.venue, listed.code, coin.id, listed.kind, state, now, now, evidence, listed.name, named
    )


def _contradicted(listed: ListedCode, before: Binding, book: CoinBook) -> bool:
    """Return whether the venue has changed the name of a proved code to that of another coin."""
    if listed.name is None or before.name is None or alike(listed.name, before.name):
        return False
    return not contains(book.coins[before.coin].name, listed.name)
