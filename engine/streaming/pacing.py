"""How often a channel may speak: at once after a pause, then the newest change each quarter second."""

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

EACH = 250
"""Milliseconds between two conflated messages of a channel."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Pacer(Generic[K, V]):
    """Holds the newest value of each key back while its last one is recent."""

    def __init__(self) -> None:
        self._spoke: dict[K, int] = {}
        self._held: dict[K, V] = {}

    def offer(self, key: K, value: V, now: int) -> bool:
        """Return whether to send a value now. If not, it is held, in place of an older one."""
        if now - self._spoke.get(key, now - EACH) < EACH:
            self._held[key] = value
            return False
        self._spoke[key] = now
        self._held.pop(key, None)
        return True

    def due(self, now: int) -> Iterator[tuple[K, V]]:
        """Remove and yield the held values whose time has come."""
        for key in [key for key in self._held if now - self._spoke[key] >= EACH]:
            self._spoke[key] = now
            yield key, self._held.pop(key)

    def drop(self, key: K) -> None:
        """Forget a key, and what is held of it: something more important was sent."""
        self._held.pop(key, None)
