"""Whether a cost grows faster than what it is the cost of."""

from collections.abc import Sequence
from itertools import pairwise

TOLERANCE = 1.25
"""How much more a further unit may cost than the units before it: a cost is measured, and varies."""


def steepest(counts: Sequence[int], costs: Sequence[float], noise: float) -> float:
    """Return the largest ratio of a step of costs to what the step before it lets expect.

    Without two steps it is 0. A cost of `a + b * n` has the ratio 1 at most, whatever `a` is, since only the
    differences of costs count. `noise` is how much a cost may differ from the next measurement of the same,
    in its own unit: without it the ratio of two differences of nearly nothing says nothing.
    """
    steps = [
        (count - before, cost - less)
        for (before, less), (count, cost) in pairwise(zip(counts, costs, strict=True))
    ]
    ratios = [
        (rise - noise) / ((max(known, 0.0) + noise) / width * more)
        for (width, known), (more, rise) in pairwise(steps)
    ]
    return max(ratios, default=0.0)


def is_linear(counts: Sequence[int], costs: Sequence[float], noise: float) -> bool:
    """Return whether no step costs more than the step before it lets expect."""
    return steepest(counts, costs, noise) <= TOLERANCE
