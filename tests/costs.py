"""The cost of work compared with other work in alternation, since a busy machine slows both alike."""

import time
from collections.abc import Callable

from tests.untraced import untraced

Work = Callable[[], object]
TRIES = 5


def cost(work: Work) -> float:
    """Return the processor seconds of this thread that `work` takes."""
    with untraced():
        start = time.thread_time()
        work()
        return time.thread_time() - start


def dearer(measured: Callable[[], float], than: Work, enough: float) -> float:
    """Return how many times the cost of `than` was measured, at the best of some tries.

    A ratio of `enough` or less ends the tries: other load on the machine never makes work cheaper.
    """
    ratios: list[float] = []
    while len(ratios) < TRIES and (not ratios or min(ratios) > enough):
        yardstick = cost(than)
        ratios.append(measured() / yardstick)
    return min(ratios)


def ratio(work: Work, than: Work, enough: float) -> float:
    """Return how many times as much `work` costs as `than`, measured in the same way."""
    return dearer(lambda: cost(work), than, enough)
