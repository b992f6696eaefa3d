"""Waiting for what happens in the background, without guessing how long it takes."""

import time
from collections.abc import Callable

LONGEST = 15.0


def eventually(is_so: Callable[[], object], longest: float = LONGEST) -> None:
    """Return as soon as `is_so`; fail if it is not within `longest` seconds."""
    end = time.monotonic() + longest
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)
