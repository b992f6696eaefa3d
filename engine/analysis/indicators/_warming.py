"""How many candles an indicator needs: those of its first value, and those until its seed has faded.

A recursive average begins with a seed, whose weight falls with every candle. The residual is the weight that
is left of it. For a chain of averages it is the whole weight of every value that is a seed itself.
"""

from collections.abc import Callable

import msgspec

from providers import Interval

NEGLIGIBLE = 1e-6
"""Values whose residual is below this are stable."""
FURTHEST = 1 << 16
DAY = 86_400_000


class Warmup(msgspec.Struct, frozen=True):
    """The first value needs `first` candles; `fading` gives the residual so many candles later.

    `enough` are the candles after which a seed without a formula (`fading` is `None`) hardly ever matters.
    """

    first: int
    fading: Callable[[int], float] | None
    enough: int = 0

    def needed(self, interval: Interval) -> int:
        """Return the candles of a value whose residual is negligible."""
        if self.fading is None:
            return max(self.first, self.enough)
        return self.first + _until_negligible(self.fading)

    def residual(self, used: int, known: int) -> float | None:
        """Return the seed's weight in the newest value, which rests on `used` candles: 1 before the first.

        `known` is the number of newest values without an undefined one among them. An undefined value of a
        recursive average is all seed, because earlier candles would define it.
        """
        if self.fading is None:
            return None
        steps = self._steps(used, known)
        return 1.0 if steps < 0 or (not known and self.fading(0) > 0) else self.fading(steps)

    def _steps(self, used: int, known: int) -> int:
        """Return the candles since the seed, negative before it."""
        return used - self.first


def _until_negligible(residual: Callable[[int], float]) -> int:
    """Return the first number of candles at which a falling `residual` is negligible."""
    low, high = 0, FURTHEST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if residual(middle) < NEGLIGIBLE else (middle + 1, high)
    return low


class Daily(Warmup, frozen=True):
    """A value needs the candles since 00:00 UTC."""

    def needed(self, interval: Interval) -> int:
        """Return the candles of a day."""
        return max(1, DAY // interval.length)

    def residual(self, used: int, known: int) -> float | None:
        """Return 0: a value that is known rests on all candles of its day."""
        return 0.0 if known else 1.0


class Chained(Warmup, frozen=True):
    """An average of values that may begin late: without a directional movement, ADX has none to average."""

    def _steps(self, used: int, known: int) -> int:
        return known - 1


def exact(first: int) -> Warmup:
    """Return the warm-up of a value that depends on the last `first` candles alone."""
    return Warmup(first, lambda steps: 0.0)


def daily() -> Warmup:
    """Return the warm-up of a value that begins anew every day."""
    return Daily(1, None)


def unknown(first: int, enough: int) -> Warmup:
    """Return the warm-up of a value whose seed's weight has no formula."""
    return Warmup(first, None, enough)


def exponential(period: int) -> float:
    """Return what is left of the weight of an exponential average's past after one candle."""
    return (period - 1) / (period + 1)


def wilder(period: int) -> float:
    """Return the same for Wilder's average."""
    return (period - 1) / period


def faded(decay: float) -> int:
    """Return the candles after which the weight of a recursive average's seed is negligible."""
    return _until_negligible(lambda steps: decay**steps)


def fading(first: int, decay: float) -> Warmup:
    """Return the warm-up of one recursive average."""
    return Warmup(first, lambda steps: decay**steps)


def chained(first: int, decay: float, then: float, length: int) -> Warmup:
    """Return the warm-up of an average that fades by `then`, of values that fade by `decay`.

    It is seeded with the first `length` of these values.
    """

    def residual(steps: int) -> float:
        begun = decay**length  # the weight of the first seed in the first value after the second seed
        if then == decay:
            older = steps * decay ** max(0, steps - 1)
        else:
            older = (decay**steps - then**steps) / (decay - then)
        return min(1.0, float(then**steps + (1 - then) * begun * older))

    return Chained(first, residual)
