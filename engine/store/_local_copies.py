"""The memory of one worker."""

from collections.abc import Callable
from typing import Any

from engine.store.memory import MemoryCache

STATE = ("circuit:", "statistics:", "failed:", "flight:", "warming", "events:", "refresh:", "secret")
"""Prefixes of state, which is kept however many answers there are."""
LASTING = ("statistics:", "refresh:")
"""State that other workers never end."""
DERIVED = "answer:"
"""Derived data, which can be computed again from received data."""


class LocalCopies:
    """Answers and their data in `memory`, and state in a memory of its own."""

    def __init__(self, memory: MemoryCache, clock: Callable[[], float]) -> None:
        self.memory = memory
        self._state = MemoryCache(entries=10_000, clock=clock)

    def at(self, key: str) -> MemoryCache:
        """Return the memory for `key`."""
        return self._state if key.startswith(STATE) else self.memory

    def get(self, key: str) -> Any:
        """Return the value, `None` if there is none."""
        return self.at(key).get(key)

    def count(self, key: str) -> int:
        """Increase the counter of `key` by one, and return it."""
        return self.at(key).inc(key) or 0

    def to_give_back(self) -> list[tuple[str, float, Any]]:
        """Return what a Redis gets that came back empty: keys, the seconds left, and values.

        These are received data, and state that no other worker may have ended meanwhile.
        """
        received = [row for row in self.memory.snapshot() if not row[0].startswith(DERIVED)]
        return received + [row for row in self._state.snapshot() if row[0].startswith(LASTING)]


def whole_seconds(timeout: float) -> int:
    """Round up to whole seconds, at least one, because 0 would mean for ever."""
    return max(1, round(timeout))
