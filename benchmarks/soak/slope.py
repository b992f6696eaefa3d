"""The slope of a figure over time, by least squares, with its standard error."""

from collections.abc import Sequence
from dataclasses import dataclass
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

    The standard error is that of simple linear regression (https://en.wikipedia.org/wiki/Simple_linear_regression):
    the root of the mean square of what the line leaves, with two degrees of freedom less, over the spread of
    the times. It is infinite where two points decide. Raises `ValueError` where all times are equal.
    """
    count = len(times)
    if len(set(times)) < 2:
        raise ValueError("a slope needs two different times")
    mean_time, mean = sum(times) / count, sum(figures) / count
    spread = sum((time - mean_time) ** 2 for time in times)
    pairs = [*zip(times, figures, strict=True)]
    value = sum((time - mean_time) * (figure - mean) for time, figure in pairs) / spread
    left = sum((figure - mean - value * (time - mean_time)) ** 2 for time, figure in pairs)
    return Slope(value, sqrt(left / (count - 2) / spread) if count > 2 else inf)
