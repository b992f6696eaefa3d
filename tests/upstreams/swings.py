"""The moves of invented coins' prices: a formula, so that thousands of them need no walk of minutes."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sin

from .intervals import HOUR

WAVES = 6
LONGEST, SHORTER = 60, 2.3
"""Hours of the longest wave, and how much shorter each other one is."""


def swung(drawn: Sequence[float], at_ms: int) -> float:
    """Return the price at a time as a part of the usual one, from 1 + `WAVES` uniform numbers of the coin."""
    reach, *phases = drawn
    turns = 2 * pi * at_ms / (LONGEST * HOUR * (1 + reach))
    push = 0.0
    for place, phase in enumerate(phases):
        push += sin(turns * SHORTER**place + 7 * phase) / SHORTER ** (place / 2)
    return 1 + (0.01 + 0.03 * reach) * push
