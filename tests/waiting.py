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
    seconds, given = _timed(work)
    for _ in range(1, TRIES):
        if seconds <= enough:
            break
        seconds, given = min((seconds, given), _timed(work), key=lambda tried: tried[0])
    return seconds, given


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.monotonic()
    given = work()
    return time.monotonic() - start, given
