"""Compare the prices of one moment."""

from collections.abc import Collection, Iterable, Sequence
from statistics import median

import msgspec

from engine.catalogue.identity.values import Agreement

NEAR = 0.01
"""Maximum deviation of two prices that agree."""
NEAR_THIN = 0.02
"""The same if one of the books trades less than `THIN` US dollars a day."""
THIN = 100_000.0
FAR = 0.10
"""Maximum deviation of two prices of the same coin."""
DEAD = 10_000.0
"""Minimum volume in US dollars a day for a price to count against others."""
PEG = 0.03
"""Maximum deviation from an anchor for a coin to seem pegged to it."""

SPACING = 20.0
"""Minimum seconds between two looks that count."""
LOOKS = 3
"""Looks in a row, within `LOOKS_WITHIN` seconds, that prove a code whose name agrees."""
LOOKS_WITHIN = 7_200.0
MARKS = (0.0, 14_400.0, 86_400.0)
"""Seconds after the first look at which the price must agree, if only the price is known."""

RATIOS = (4, 10, 60, 75, 100, 1_000, 24_000)
RATIO_NEAR = 0.03


class Vote(msgspec.Struct, frozen=True):
    """A price of a coin with its venue or aggregator, its volume, and whether it is settled."""

    voter: str
    usd: float
    volume: float | None
    settled: bool
    counts: bool = True


def camp(votes: Sequence[Vote]) -> list[Vote]:
    """Return the votes that agree with the majority's price; none without a majority.

    If there are settled votes, only these decide.
    """
    voters = [vote for vote in votes if vote.settled] or list(votes)
    if len(votes) < 2:
        return list(votes)
    center = median(vote.usd for vote in voters)
    if 2 * len([vote for vote in voters if deviation(vote.usd, center) <= FAR]) <= len(voters):
        return []
    return [vote for vote in votes if deviation(vote.usd, center) <= FAR]


def deviation(usd: float, center: float) -> float:
    """Return the deviation of a price from another one, as a fraction of the latter."""
    return abs(usd - center) / center


def agrees(usd: float, volume: float | None, others: Sequence[Vote]) -> bool:
    """Return whether a price agrees with that of others. The band is wider if one of the books is thin."""
    thin = _is_below(volume, THIN) or all(_is_below(vote.volume, THIN) for vote in others)
    center = median(vote.usd for vote in others)
    return deviation(usd, center) <= (NEAR_THIN if thin else NEAR)


def strays(usd: float, volume: float | None, others: Sequence[Vote]) -> bool:
    """Return whether a price is another coin's. With a dead book this is unknown, and the result false."""
    if _is_below(volume, DEAD) or all(_is_below(vote.volume, DEAD) for vote in others):
        return False
    return deviation(usd, median(vote.usd for vote in others)) > FAR


def _is_below(volume: float | None, bound: float) -> bool:
    """Return whether a volume is known and below a bound."""
    return volume is not None and volume < bound


def is_pegged(usd: float, anchors: Collection[float]) -> bool:
    """Return whether a coin seems pegged to the dollar or a large coin: then its price proves nothing."""
    return any(deviation(usd, anchor) <= PEG for anchor in anchors)


def likely_ratio(usd: float, center: float) -> float | None:
    """Return the likely ratio of a new unit (new units for an old one), `None` if there is none."""
    for ratio in RATIOS:
        for factor in (float(ratio), 1.0 / ratio):
            if deviation(usd * factor, center) <= RATIO_NEAR:
                return factor
    return None


def agreed(agreement: Agreement, near: bool, time: float, *, alone: bool) -> Agreement:
    """Return the agreement after a look. With `alone` enough others agree for a proof without a name."""
    looks, first = agreement.looks, agreement.first
    if near and looks and time - first <= LOOKS_WITHIN:
        looks += 1
    else:
        looks, first = int(near), time if near else 0.0
    marks, start = agreement.marks, agreement.start
    if alone and (marks == 0 or time - start >= MARKS[min(marks, len(MARKS) - 1)]):
        if near:
            marks, start = marks + 1, start if marks else time
        else:
            marks, start = 0, 0.0
    return Agreement(looks, first, marks, start)


def venues_of(votes: Iterable[Vote]) -> int:
    """Return the number of venues and counted aggregators among the votes."""
    return len({vote.voter for vote in votes if vote.counts})
