"""The slope of a figure over time, by least squares, with its standard error."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt


@dataclass(frozen=True)
class Slope:
    """A slope and its standard error, in units of the figure for one unit of time."""

    value: float
    error: float

    def is_over(self, limit: float) -> bool:
        """Return whether the slope is over a limit by two standard errors, as it rarely is by chance."""
        return self.value - 2 * self.error > limit

    def may_be_over(self, limit: float) -> bool:
        """Return whether the slope may be over a limit: that it is not is unproved."""
        return self.value + 2 * self.error > limit


def slope(times: Sequence[float], figures: Sequence[float]) -> Slope:
    """Fit a line and return its slope.

    The standard error is that of simple linear regression, for as many independent figures as there are: one
    that is like the one before it tells nothing new. The correlation of what the line leaves, from one figure
    to the next, says how many there are (Santer et al. 2000, https://doi.org/10.1029/1999JD901105). The error
    is infinite where two or less decide. Raises `ValueError` where all times are equal.
    """
    count = len(times)
    if len(set(times)) < 2:
        raise ValueError("a slope needs two different times")
    mean_time, mean = sum(times) / count, sum(figures) / count
    spread = sum((time - mean_time) ** 2 for time in times)
    pairs = [*zip(times, figures, strict=True)]
    value = sum((time - mean_time) * (figure - mean) for time, figure in pairs) / spread
    left = [figure - mean - value * (time - mean_time) for time, figure in pairs]
    squares = sum(one * one for one in left)
    free = _independent(left, squares) - 2
    return Slope(value, sqrt(squares / free / spread) if free > 0 else inf)


def _independent(left: Sequence[float], squares: float) -> float:
    """Return how many independent figures these are worth, at most as many as there are."""
    if not squares:
        return len(left)
    likeness = max(0.0, sum(one * other for one, other in pairwise(left)) / squares)
    return len(left) * (1 - likeness) / (1 + likeness)
