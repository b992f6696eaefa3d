"""What one worker remembers by itself."""

from collections.abc import Callable
from typing import Any

from engine.store.memory import MemoryCache

STATE = ("circuit:", "statistics:", "failed:", "flight:", "warming", "events:", "refresh:", "secret")
"""What has to be remembered however many answers are kept."""
LASTING = ("statistics:", "refresh:")
"""State that nobody ends."""
DERIVED = "answer:"
"""What is made again from what was received."""


class LocalCopies:
    """Answers and what they are made of in `memory`, and state in a place of its own."""

    def __init__(self, memory: MemoryCache, clock: Callable[[], float]) -> None:
        self.memory = memory
        self._state = MemoryCache(entries=10_000, clock=clock)

    def at(self, key: str) -> MemoryCache:
        """Where `key` is kept."""
        return self._state if key.startswith(STATE) else self.memory

    def get(self, key: str) -> Any:
        """The value, `None` where there is none."""
        return self.at(key).get(key)

    def count(self, key: str) -> int:
        """One more than the last time."""
        return self.at(key).inc(key) or 0

    def to_give_back(self) -> list[tuple[str, float, Any]]:
        """What a Redis is told that came back empty: keys, the seconds left of their time, and values.

        That is what was received, and what no other worker may have ended meanwhile.
        """
        received = [row for row in self.memory.snapshot() if not row[0].startswith(DERIVED)]
        return received + [row for row in self._state.snapshot() if row[0].startswith(LASTING)]


def whole_seconds(timeout: float) -> int:
    """Whole seconds, and one at least: 0 would be for ever."""
    return max(1, round(timeout))
