"""Waiting for events in the background, and measuring times, also on a busy machine."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LONGEST = 60.0
"""Seconds that a busy machine may take; only a test that fails waits for them."""
SHORTEST, SELDOM = 0.003, 0.05
"""Seconds between two looks: at first, and at most."""
TRIES = 10


def eventually(is_so: Callable[[], object], longest: float = LONGEST) -> None:
    """Return when `is_so` is true, and fail if it is not within `longest` seconds.

    Look less often after a while, since many looks ask a server that has work to do.
    """
    end = time.monotonic() + longest
    pause = SHORTEST
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(pause)
        pause = min(pause * 1.3, SELDOM)


def quickest(work: Callable[[], T], enough: float) -> tuple[float, T]:
    """Return the seconds and the result of the quickest of some tries. One under `enough` seconds ends them.

    Other load on the machine makes tries slower and never quicker. Only a test that fails takes `LONGEST`.
    """
    end = time.monotonic() + LONGEST
    tries = [timed(work)]
    while tries[-1][0] >= enough and (len(tries) < TRIES or time.monotonic() < end):
        tries.append(timed(work))
    return min(tries, key=lambda tried: tried[0])


def at_leisure(work: Callable[[], T], good: Callable[[T], object]) -> T:
    """Return the result of the first good one of some tries, or of the last one.

    Use it for deadlines in real seconds, which others than the tested one may miss on a busy machine.
    """
    given = work()
    for _ in range(1, TRIES):
        if good(given):
            break
        given = work()
    return given


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds that `work` takes, and its result."""
    start = time.monotonic()
    given = work()
    return time.monotonic() - start, given
