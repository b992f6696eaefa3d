"""Long work in small pieces: other requests have their turn in between."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


class Busy(Exception):
    """Others are at work, and too many wait or for too long."""


class OneAtATime:
    """Long work, one piece of it at a time: `waiting` others wait, for `patience` seconds each."""

    def __init__(self, waiting: int, patience: float) -> None:
        self._patience = patience
        self._work = threading.Lock()
        self._places = threading.BoundedSemaphore(1 + waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until nobody else is at work. Raises `Busy`."""
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            if not self._work.acquire(timeout=self._patience):
                raise Busy
            try:
                yield
            finally:
                self._work.release()
        finally:
            self._places.release()
