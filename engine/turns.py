"""Long work in small pieces: other requests have their turn in between."""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

SLICE = 0.005
"""Seconds of work at a time."""
BREATH = 0.0001
"""Seconds of rest. With none at all gevent lets others go on, but does not look who has written meanwhile."""


def in_turns(items: Iterable[T]) -> Iterator[T]:
    """The items, with a rest between two of them whenever a slice of time was spent on some."""
    since = time.monotonic()
    for item in items:
        yield item
        if time.monotonic() - since >= SLICE:
            time.sleep(BREATH)
            since = time.monotonic()
