"""Find providers whose quote of a coin stands still while the others move. Pure functions.

A frozen venue continues to send its last price with new times. Its quote is frozen if it has been the same
for an hour, while the median of the others has moved by more than a tenth of a per cent and by more than one
unit of the last digit of the venue's prices. So a coin that does not move accuses no venue, and large price
steps accuse none either.
"""

from collections.abc import Mapping
from decimal import Decimal
from statistics import median

import msgspec
from msgspec.structs import replace

STILL = 3600.0
"""Seconds with the same price after which it may be frozen."""
MOVED = 0.001
"""The fraction by which the others must have moved; at one moment venues differ by less."""
OTHERS = 2
"""The number of other quotes that are required."""


class Standstill(msgspec.Struct, frozen=True):
    """A provider's `price` of a coin, unchanged `since` a time in Unix seconds.

    `low` and `high` bound the median of the others since then. `step` is the smallest unit of its prices so
    far.
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
    """Return the updated history of each provider after it has `quoted` at `now`.

    `quoted` are the prices as sent, `common` those that were converted into one currency. Providers without a
    quote keep their history.
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
