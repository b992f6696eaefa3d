"""Waiting for what happens in the background, and measuring how long it takes, on a busy machine too."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LONGEST = 60.0
"""Seconds that a busy machine may take; only a test that fails waits for them."""
TRIES = 10


def eventually(is_so: Callable[[], object], longest: float = LONGEST) -> None:
    """Return as soon as `is_so`; fail if it is not within `longest` seconds."""
    end = time.monotonic() + longest
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


def quickest(work: Callable[[], T], enough: float) -> tuple[float, T]:
    """Return the seconds of the quickest of some tries, and what it gave; one of `enough` seconds ends them.

    What else the machine does slows each of them, and none makes one quicker than the engine is.
    """
    tries = [timed(work)]
    while len(tries) < TRIES and tries[-1][0] > enough:
        tries.append(timed(work))
    return min(tries, key=lambda tried: tried[0])


def at_leisure(work: Callable[[], T], good: Callable[[T], object]) -> T:
    """Return what the first good one of some tries gave, or else the last one.

    For deadlines in real seconds: a busy machine makes others miss them than the one that a test is about.
    """
    given = work()
    for _ in range(1, TRIES):
        if good(given):
            break
        given = work()
    return given


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return how many seconds `work` takes, and what it gives."""
    start = time.monotonic()
    given = work()
    return time.monotonic() - start, given
