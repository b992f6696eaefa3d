"""The memory of one worker."""

from collections.abc import Callable
from typing import Any

from engine.store._found import Found
from engine.store.memory import MemoryCache

STATE = ("circuit:", "statistics:", "failed:", "flight:", "warming", "events:", "refresh:", "secret")
"""Prefixes of state, which stays in memory however many answers there are."""
RESTORED_STATE = ("statistics:", "refresh:")
"""Prefixes of state that other workers never delete."""
DERIVED = "answer:"
"""Prefix of answers, which can be computed again from received data."""


class LocalCopies:
    """Keeps answers and received data in `memory`, and state in a separate cache."""

    def __init__(self, memory: MemoryCache, clock: Callable[[], float]) -> None:
        self.memory = memory
        self._state = MemoryCache(entries=10_000, clock=clock)

    def cache_for(self, key: str) -> MemoryCache:
        """Return the cache that stores `key`."""
        return self._state if key.startswith(STATE) else self.memory

    def get(self, key: str) -> Any:
        """Return the value, `None` if there is none."""
        return self.cache_for(key).get(key)

    def find(self, key: str) -> Found[Any] | None:
        """Return the value with its times, `None` if there is none."""
        cache = self.cache_for(key)
        value, times = cache.get(key), cache.times(key)
        return None if value is None or times is None else Found(value, times[1], times[0])

    def increment(self, key: str) -> int:
        """Increment the counter under `key`, and return its new value."""
        return self.cache_for(key).inc(key) or 0

    def to_restore(self) -> list[tuple[str, float, Any]]:
        """Return the rows for a Redis that restarted empty: keys, remaining seconds, and values.

        These are received data, and state that no other worker can have deleted meanwhile.
        """
        received = [row for row in self.memory.snapshot() if not row[0].startswith(DERIVED)]
        return received + [row for row in self._state.snapshot() if row[0].startswith(RESTORED_STATE)]


def integer_seconds(timeout: float) -> int:
    """Round to seconds, at least one, because 0 would mean that the value never expires."""
    return max(1, round(timeout))
