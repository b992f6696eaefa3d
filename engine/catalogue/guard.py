"""Decide whether a new listing may replace the last one."""

import hashlib
from collections.abc import Mapping
from typing import Literal

import msgspec

from engine.catalogue.folding import fold
from engine.catalogue.listings import Listing, Market

FEWEST = 50
"""Minimum number of markets in a credible listing."""
SHRINK = 0.5
"""Share of the last number of markets that must remain."""
PINNED_LEFT = 0.8
"""Share of the pinned coins that must remain."""
REBOUND = 0.2
"""Maximum share of native names that mean another coin than before."""
PATIENCE = 86_400.0
"""Seconds after which a shrunken listing is accepted, if its content stays the same."""

Reason = Literal["too few markets", "half of the markets lost", "pinned coins lost", "codes exchanged"]
SHRINKS: frozenset[Reason] = frozenset({"half of the markets lost", "pinned coins lost"})
"""Reasons that expire if the content stays the same. A listing that exchanges codes is never accepted."""


class Refused(msgspec.Struct, frozen=True):
    """A refused listing: the reason, its `content`, and since when the venue sends that content."""

    reason: Reason
    content: str
    since: float


class Accepted(msgspec.Struct, frozen=True):
    """A listing that replaces the last one."""

    listing: Listing


def judge_listing(
    new: Listing, last: Listing | None, pinned: Mapping[str, str], refused: Refused | None = None
) -> Accepted | Refused:
    """Accept a listing, or refuse it with the reason.

    `last` is the last accepted listing of the venue, `pinned` maps every code of a pinned coin to the coin,
    and `refused` is the previous refusal since `last`, `None` if there was none.
    """
    reason = _objection(new.trading, last.trading if last else None, pinned)
    if reason is None:
        return Accepted(new)
    content = _content(new)
    same = refused is not None and refused.content == content and refused.reason == reason
    since = refused.since if refused and same else new.time
    if reason in SHRINKS and new.time - since >= PATIENCE:
        return Accepted(new)
    return Refused(reason, content, since)


def _objection(new: list[Market], last: list[Market] | None, pinned: Mapping[str, str]) -> Reason | None:
    """Return the objection to the new markets. An exchange of codes outweighs a shrink."""
    if len(new) < FEWEST:
        return "too few markets"
    if last is None:
        return None
    before = {market.native: fold(market.base) for market in last}
    common = [market for market in new if market.native in before]
    moved = sum(not _same_coin(fold(market.base), before[market.native], pinned) for market in common)
    if moved > REBOUND * len(common):
        return "codes exchanged"
    if len(new) < SHRINK * len(last):
        return "half of the markets lost"
    had, has = _pinned_coins(last, pinned), _pinned_coins(new, pinned)
    if len(had & has) < PINNED_LEFT * len(had):
        return "pinned coins lost"
    return None


def _same_coin(one: str, other: str, pinned: Mapping[str, str]) -> bool:
    """Return whether two codes are equal, or two names of one pinned coin."""
    return one == other or (one in pinned and pinned[one] == pinned.get(other))


def _pinned_coins(markets: list[Market], pinned: Mapping[str, str]) -> set[str]:
    codes = {fold(market.base) for market in markets}
    return {pinned[code] for code in codes if code in pinned}


def _content(listing: Listing) -> str:
    """Return a hash of the trading markets, independent of changes of ticks and names."""
    digest = hashlib.blake2b(digest_size=8)
    for line in sorted(f"{row.native}\t{row.base}\t{row.quote}" for row in listing.trading):
        digest.update(line.encode())
    return digest.hexdigest()
