"""The order of measurements, and how many rounds there are.

A round starts both servers anew, since the processor time of one server varies by a tenth between starts.
Within a round they are measured in turn, so that a machine that gets slower or faster meanwhile changes both.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from itertools import chain
from statistics import median

from benchmarks.compare.failures import Missing, NotComparable
from benchmarks.compare.losses import Compared, Pair, Reading


class Side(Enum):
    """One of the two revisions."""

    BASE = "base"
    CURRENT = "working tree"


ORDERS = (
    (Side.BASE, Side.CURRENT, Side.CURRENT, Side.BASE),
    (Side.CURRENT, Side.BASE, Side.BASE, Side.CURRENT),
)
"""The turns of passes, by turns. Odd rounds begin with the second one."""
MOST = 3
"""How many times as many rounds there are at most, where the first ones do not decide."""
Take = Callable[[str, Side, int], Reading]
"""Measure a benchmark at a side; the number counts the turns of this side in the round from 0.

It raises `Missing` where the revision does not have what is measured.
"""
Open = Callable[[int], AbstractContextManager[Take]]
"""Begin the round of this number, with servers that end with it."""


def compare(
    passes: Mapping[str, int], open_round: Open, rounds: int, say: Callable[[str], None]
) -> list[Compared]:
    """Return what each benchmark gave after so many rounds, or after more where these do not decide.

    `passes` is how often a round measures each benchmark in turn.
    """
    found = {name: Compared(name) for name in passes}
    for number in range(rounds * MOST):
        wanted = [name for name in passes if _needs_more(found[name], rounds)]
        if not wanted:
            break
        if number == rounds:
            say(f"too wide a spread to decide after {rounds} rounds: {', '.join(wanted)}")
        with open_round(number) as take:
            for name in wanted:
                found[name] = _with_round(found[name], take, number, passes[name])
        say(f"round {number + 1}: " + ", ".join(_told(found[name]) for name in wanted))
    return [*found.values()]


def _needs_more(compared: Compared, rounds: int) -> bool:
    return not compared.missing and (len(compared.pairs) < rounds or not compared.is_clear)


def _with_round(compared: Compared, take: Take, number: int, passes: int) -> Compared:
    """Add the round of this number to what a benchmark gave."""
    taken: dict[Side, list[Reading]] = {side: [] for side in Side}
    for side in chain.from_iterable(ORDERS[(number + each) % 2] for each in range(passes)):
        try:
            taken[side].append(take(compared.name, side, len(taken[side])))
        except Missing as error:
            if side is Side.CURRENT:
                raise NotComparable(f"the working tree has no {compared.name}: {error}") from error
            return Compared(compared.name, missing=True)
    pair = Pair(_middle(taken[Side.BASE]), _middle(taken[Side.CURRENT]))
    return Compared(compared.name, [*compared.pairs, pair])


def _middle(readings: Sequence[Reading]) -> Reading:
    return Reading(median(one.cost for one in readings), median(one.seen for one in readings))


def _told(compared: Compared) -> str:
    return f"{compared.name} {'not in BASE' if compared.missing else f'{compared.ratios[-1]:.2f}'}"
