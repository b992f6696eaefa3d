"""Readings that a test gives instead of servers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle

from benchmarks.compare.failures import Missing
from benchmarks.compare.losses import Compared, Pair, Reading
from benchmarks.compare.rounds import Side, Take


def compared(*ratios: float, name: str = "hits") -> Compared:
    """Return a benchmark whose base costs 100 us in each round."""
    return Compared(name, [Pair(Reading(100, 5), Reading(100 * ratio, 6)) for ratio in ratios])


class Taken:
    """Rounds in which the working tree costs what the test says. It notes what is measured."""

    def __init__(
        self, ratios: Mapping[str, Sequence[float]], missing: Mapping[str, Side] | None = None
    ) -> None:
        self.turns: list[tuple[str, Side, int]] = []
        self.rounds: list[int] = []
        self._ratios = {name: cycle(each) for name, each in ratios.items()}
        self._missing = missing or {}

    @contextmanager
    def __call__(self, number: int) -> Iterator[Take]:
        """Begin a round."""
        self.rounds.append(number)
        ratios = {name: next(each) for name, each in self._ratios.items()}

        def take(name: str, side: Side, turn: int) -> Reading:
            if self._missing.get(name) is side:
                raise Missing("404")
            self.turns.append((name, side, turn))
            return Reading(100 * ratios[name] if side is Side.CURRENT else 100, 1)

        yield take
