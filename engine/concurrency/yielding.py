"""Long work in small pieces: other requests have their turn in between."""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

SLICE = 0.005
"""Seconds of work at a time."""
BREATH = 0.0001
"""Seconds of rest. With none at all gevent lets others go on, but does not look who has written meanwhile."""


def cooperatively(items: Iterable[T]) -> Iterator[T]:
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
    """Long work, one piece of it at a time: `waiting` others wait, for `patience` seconds each.

    One client has `each` of these places at most, so that it leaves some to the others.
    """

    def __init__(self, waiting: int, patience: float, each: int) -> None:
        self._patience = patience
        self._each = each
        self._work = threading.Lock()
        self._most = 1 + waiting
        self._places = threading.Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def turn(self, client: str) -> Iterator[None]:
        """Wait until nobody else is at work. Raises `Busy`."""
        self._enter(client)
        try:
            if not self._work.acquire(timeout=self._patience):
                raise Busy
            try:
                yield
            finally:
                self._work.release()
        finally:
            self._leave(client)

    def _enter(self, client: str) -> None:
        with self._places:
            if self._taken.total() == self._most or self._taken[client] == self._each:
                raise Busy
            self._taken[client] += 1

    def _leave(self, client: str) -> None:
        with self._places:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]
