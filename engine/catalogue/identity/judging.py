"""The effect of a new price on one binding."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from engine.catalogue.coins import Coin
from engine.catalogue.folding import alike, contains
from engine.catalogue.identity.coins import CoinBook
from engine.catalogue.identity.ownership import STRAYS
from engine.catalogue.identity.prices import LOOKS, MARKS, Vote, agreed, agrees, is_pegged, strays, venues_of
from engine.catalogue.identity.values import UNSEEN, Agreement, Binding, BindingState, Price
from engine.catalogue.kinds import PRICED_APART

REVIEWED = ("reviewed",)
ENOUGH = 2
"""Minimum number of other venues for a proof by prices alone."""


class Prices(msgspec.Struct, frozen=True):
    """All prices of one look by coin, and those of them that agree."""

    time: float
    votes: Mapping[str, Sequence[Vote]]
    camps: Mapping[str, Sequence[Vote]]
    anchors: tuple[float, ...]
    book: CoinBook

    def others(self, binding: Binding) -> list[Vote]:
        """Return the votes that agree on the price of a binding's coin, without the binding's own venue."""
        return [vote for vote in self.camps.get(binding.coin, ()) if vote.voter != binding.venue]


def judged(binding: Binding, price: Price, prices: Prices) -> Binding:
    """Return a binding after a new price of its code."""
    if binding.kind == "fiat":
        return binding
    if binding.state == "refused":
        return _returned(binding, price, prices)
    if _departs(binding, price, prices):
        return _strayed(binding, prices.book)
    if binding.strayed:
        binding = replace(binding, strayed=0)
    if binding.served or binding.kind not in PRICED_APART or is_pegged(price.usd, prices.anchors):
        return binding
    others = prices.others(binding)
    if others:
        return _agreed(binding, price, others, prices.time)
    return binding if binding.evidence else _joined(binding, price, prices)


def _departs(binding: Binding, price: Price, prices: Prices) -> bool:
    """Return whether a price differs from its coin's: the majority's, or the other one of two.

    If two differ, a pinned one counts as right.
    """
    others = prices.others(binding)
    if others:
        return strays(price.usd, price.volume, others)
    votes = [vote for vote in prices.votes[binding.coin] if vote.voter != binding.venue]
    if prices.camps.get(binding.coin) or binding.state == "pinned":
        return False
    return bool(votes) and all(strays(price.usd, price.volume, [vote]) for vote in votes)


def _strayed(binding: Binding, book: CoinBook) -> Binding:
    """Return a binding after a price of another coin. The third in a row refuses it."""
    count = binding.strayed + 1
    if count < STRAYS:
        return replace(binding, strayed=count, agreement=UNSEEN)
    if binding.served:
        return replace(binding, state="refused", strayed=count, agreement=UNSEEN)
    minted = book.mint(binding.code, binding.name or "", binding.kind, binding.venue)
    return replace(
        binding,
        coin=minted.id,
        evidence=(),
        named=False,
        agreement=UNSEEN,
        strayed=0,
        doubts=(*binding.doubts, *(binding.coin,) * STRAYS),
    )


def _returned(binding: Binding, price: Price, prices: Prices) -> Binding:
    """Return a refused binding after a new price. A day of agreement restores a reviewed one."""
    others = prices.others(binding)
    if binding.evidence != REVIEWED or not others:
        return binding
    agreement = _after(binding.agreement, price, others, prices.time)
    if agreement.marks < len(MARKS):
        return binding if agreement == binding.agreement else replace(binding, agreement=agreement)
    state: BindingState = "pinned" if prices.book.coins[binding.coin].pinned else "proved"
    return replace(binding, state=state, strayed=0, since=prices.time, agreement=UNSEEN)


def _agreed(binding: Binding, price: Price, others: Sequence[Vote], time: float) -> Binding:
    """Return a tentative binding after a comparable price. Enough agreement proves it."""
    agreement = _after(binding.agreement, price, others, time)
    if binding.named and agreement.looks >= LOOKS:
        proof: tuple[str, ...] = ("name", "three prices")
    elif agreement.marks >= len(MARKS):
        proof = ("prices of a day",)
    else:
        return binding if agreement == binding.agreement else replace(binding, agreement=agreement)
    return replace(binding, state="proved", evidence=proof, since=time, agreement=UNSEEN, doubts=())


def _after(agreement: Agreement, price: Price, others: Sequence[Vote], time: float) -> Agreement:
    if strays(price.usd, price.volume, others):
        return UNSEEN
    near = agrees(price.usd, price.volume, others)
    return agreed(agreement, near, time, alone=venues_of(others) >= ENOUGH)


def _joined(binding: Binding, price: Price, prices: Prices) -> Binding:
    """Bind a code without a known coin tentatively to the only coin with its code and price."""
    near, doubts = [], list(binding.doubts)
    for coin in prices.book.of_code(binding.code, binding.kind):
        votes = prices.camps.get(coin.id, ())
        if not votes or coin.id == binding.coin or doubts.count(coin.id) >= STRAYS:
            continue
        if agrees(price.usd, price.volume, votes):
            near.append(coin)
        elif _is_established(votes) and strays(price.usd, price.volume, votes):
            doubts.append(coin.id)
    established = [coin for coin in near if _is_established(prices.camps[coin.id])]
    if len(established) > 1:
        return replace(binding, state="ambiguous", doubts=tuple(doubts))
    older = [coin for coin in near if _age(coin.id) < _age(binding.coin)]
    found = established or sorted(older, key=lambda one: _age(one.id))[:1]
    if not found:
        return binding if len(doubts) == len(binding.doubts) else replace(binding, doubts=tuple(doubts))
    (coin,) = found
    return replace(
        binding,
        coin=coin.id,
        state="tentative",
        since=prices.time,
        evidence=("price",),
        named=_is_named(binding, coin),
        agreement=Agreement(1, prices.time, 1, prices.time),
        doubts=tuple(doubts),
    )


def _is_established(votes: Sequence[Vote]) -> bool:
    """Return whether more than one code without proof speaks for a coin."""
    return len(votes) > 1 or any(vote.settled for vote in votes)


def _is_named(binding: Binding, coin: Coin) -> bool:
    """Return whether the code has the coin's name at the venue."""
    return binding.name is not None and (alike(binding.name, coin.name) or contains(binding.name, coin.name))


def _age(coin: str) -> tuple[int, str]:
    """Return the sort key of coins without proof, so that the later of two that agree joins the earlier."""
    return len(coin), coin
