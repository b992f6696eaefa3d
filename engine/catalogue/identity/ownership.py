"""Decide which coin owns a bare code that several coins share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from engine.catalogue.coins import Coin
from engine.catalogue.identity.coins import is_linked
from engine.catalogue.identity.values import Binding, Identities
from engine.catalogue.pacing import Yield, never, paced

STRAYS = 3
"""Number of looks that prove that a code is not a coin's."""
SETTLING = 120.0
"""Seconds to wait for other coins with the same code before one of them owns it."""


def with_owners(identities: Identities, now: float, yield_now: Yield) -> Identities:
    """Give each code without an owner to the only coin that is proved under it, if it has no rival.

    An owner never changes: clients that got a coin under a bare code must not get another one.
    """
    owners = dict(identities.owners)
    for code, bindings in paced(_by_code(identities, yield_now).items(), yield_now):
        if code not in owners:
            owner = _owner(code, bindings, identities.coins, now)
            if owner:
                owners[code] = owner
    return Identities(identities.bindings, identities.coins, owners, identities.looked)


def contested(identities: Identities, yield_now: Yield = never) -> dict[str, tuple[str, ...]]:
    """Return the codes without an owner that several known coins share, with those coins."""
    rivals = {}
    for code, bindings in paced(_by_code(identities, yield_now).items(), yield_now):
        if code not in identities.owners:
            coins = dict.fromkeys(one.coin for one in bindings if _is_known(one, identities.coins))
            if len(coins) > 1:
                rivals[code] = tuple(coins)
    return rivals


def _by_code(identities: Identities, yield_now: Yield) -> dict[str, list[Binding]]:
    """Return the bindings by the codes of their coins, without refused ones."""
    codes: dict[str, list[Binding]] = defaultdict(list)
    for binding in paced(identities.bindings.values(), yield_now):
        if binding.state != "refused":
            codes[identities.coins[binding.coin].code].append(binding)
    return codes


def _owner(code: str, bindings: Iterable[Binding], coins: Mapping[str, Coin], now: float) -> str | None:
    """Return the new owner of a code, `None` while that is not clear.

    A peculiar coin never owns its code, even while no other coin with the code is traded.
    """
    known = [one for one in bindings if _is_known(one, coins)]
    owner = {one.coin for one in known}
    served = [one for one in known if one.served]
    if len(owner) != 1 or not served:
        return None
    (coin,) = owner
    if coins[coin].pinned:
        return coin
    if coins[coin].peculiar:
        return None
    waiting = any(one.coin != coin for one in bindings)
    return None if waiting and now - min(one.since for one in served) < SETTLING else coin


def _is_known(binding: Binding, coins: Mapping[str, Coin]) -> bool:
    """Return whether a code is known to mean its coin, or at least a different one than its rivals."""
    if binding.served or any(binding.doubts.count(coin) >= STRAYS for coin in binding.doubts):
        return True
    return binding.named and is_linked(coins[binding.coin])
