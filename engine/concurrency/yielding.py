"""Split long work into short pieces, so that other requests run in between."""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

SLICE = 0.005
"""Seconds of work before a pause."""
BREATH = 0.0001
"""Seconds of pause. A pause of 0 lets other greenlets run, but gevent does not poll the sockets."""


def cooperatively(items: Iterable[T]) -> Iterator[T]:
    """Yield the items, with a pause whenever a slice of time has been used up."""
    since = time.monotonic()
    for item in items:
        yield item
        if time.monotonic() - since >= SLICE:
            time.sleep(BREATH)
            since = time.monotonic()


class Busy(Exception):
    """Another caller is at work, and too many others wait or waited too long."""


class OneAtATime:
    """Runs long work one piece at a time. Up to `waiting` callers wait, for `patience` seconds each.

    One client takes at most `each` of these places, so that the others stay free.
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
        """Wait until no other caller is at work. Raises `Busy`."""
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
