"""When a revision has lost speed: the rule, on readings that were taken in pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

LIMIT = 1.15
"""The largest ratio of costs, the working tree's to the base's, that is no loss."""


@dataclass(frozen=True)
class Reading:
    """What one turn of one server gave.

    `cost` is microseconds of the server's processor time for a request or a message. `seen` is what a client
    sees, a rate or milliseconds as the benchmark says. Other work on the machine changes it far more.
    """

    cost: float
    seen: float


@dataclass(frozen=True)
class Pair:
    """The readings of one round: those of two servers that were started together and measured in turn."""

    base: Reading
    current: Reading

    @property
    def ratio(self) -> float:
        """Return the cost of the working tree for each 1 of the base."""
        return self.current.cost / self.base.cost


@dataclass(frozen=True)
class Compared:
    """The pairs of a benchmark. `missing` says that the base does not have what it measures."""

    name: str
    pairs: Sequence[Pair] = ()
    missing: bool = False

    @property
    def ratios(self) -> list[float]:
        """Return the ratio of each round."""
        return [pair.ratio for pair in self.pairs]

    @property
    def ratio(self) -> float:
        """Return the median of the ratios, which decides."""
        return median(self.ratios)

    @property
    def middle(self) -> tuple[float, float]:
        """Return the quartiles of the ratios, between which half of them are."""
        if len(self.pairs) == 1:
            return self.ratio, self.ratio
        low, _, high = quantiles(self.ratios, n=4, method="inclusive")
        return low, high

    @property
    def is_clear(self) -> bool:
        """Return whether the middle half of the ratios is on one side of the limit."""
        low, high = self.middle
        return high <= LIMIT or low > LIMIT

    @property
    def has_lost(self) -> bool:
        """Return whether the working tree costs more than the limit allows."""
        return not self.missing and self.ratio > LIMIT
