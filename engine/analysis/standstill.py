"""Whose quote of a coin stands still while the others move. Pure functions.

A venue that froze goes on to send its last price with new times. Its quote is frozen when it has been the
same for an hour and the median of the others has meanwhile moved by more than a tenth of a per cent, and by
more than one unit of the last digit that the venue's prices of this coin have. So a coin that moves nowhere
accuses no venue, and neither does a venue whose steps are larger than the movement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

STILL = 3600.0
"""Seconds of the same price from which on it may be frozen."""
MOVED = 0.001
"""By how much the others must have moved, as a fraction: venues differ by less at the same moment."""
OTHERS = 2
"""How many other quotes there must be to say so."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """A provider's `price` of a coin, the same `since` when (Unix seconds).

    `low` and `high` are the least and the highest that the median of the others was meanwhile, `step` is the
    smallest unit that its prices ever had.
    """

    price: float
    since: float
    low: float
    high: float
    step: float

    def frozen(self, now: float) -> bool:
        """Return whether the quote stands still while the others move."""
        allowed = max(MOVED, self.step / self.price)
        return now - self.since >= STILL and self.high / self.low - 1 > allowed


def follow(
    known: Mapping[str, Standstill], quoted: Mapping[str, float], common: Mapping[str, float], now: float
) -> dict[str, Standstill]:
    """Return what is known of each provider's quote after it has `quoted` this at `now`.

    `quoted` are prices as they were sent, `common` those of them that could be brought into one currency.
    What is known of a provider that says nothing now stays as it was.
    """
    followed = dict(known)
    for provider, price in quoted.items():
        others = [other for name, other in common.items() if name != provider]
        before = known.get(provider)
        if len(others) < OTHERS:
            if before and before.price != price:
                del followed[provider]
            continue
        centre = median(others)
        if before and before.price == price:
            low, high = min(before.low, centre), max(before.high, centre)
            followed[provider] = replace(before, low=low, high=high)
        else:
            step = min(_unit(price), before.step) if before else _unit(price)
            followed[provider] = Standstill(price, now, centre, centre, step)
    return followed


def _unit(price: float) -> float:
    """Return one unit of the last digit: 0.01 for 1.25."""
    exponent = Decimal(repr(price)).as_tuple().exponent
    return 10.0 ** int(exponent)
