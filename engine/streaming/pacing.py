"""Rate limit of a channel's messages: at once after a pause, then the newest each quarter second."""

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

EACH = 250
"""Milliseconds between two conflated messages of a channel."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Pacer(Generic[K, V]):
    """Holds back the newest value of each key while its last value was sent recently."""

    def __init__(self) -> None:
        self._sent: dict[K, int] = {}
        self._held: dict[K, V] = {}

    def offer(self, key: K, value: V, now: int) -> bool:
        """Return whether to send a value now. Otherwise it is held, and replaces an older one."""
        if now - self._sent.get(key, now - EACH) < EACH:
            self._held[key] = value
            return False
        self._sent[key] = now
        self._held.pop(key, None)
        return True

    def due(self, now: int) -> Iterator[tuple[K, V]]:
        """Remove and yield the held values that are due."""
        for key in [key for key in self._held if now - self._sent[key] >= EACH]:
            self._sent[key] = now
            yield key, self._held.pop(key)

    def drop(self, key: K) -> None:
        """Drop the held value of a key, because a more important one was sent."""
        self._held.pop(key, None)
