"""An LRU cache in memory that stores objects, and drops them in the order of `engine.store.eviction`.

Flask-Caching's SimpleCache pickles every value at every get and set, and has no limit on bytes. Callers never
change a stored value, so that this cache makes no copies, but of values that it keeps packed.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from cachelib.base import BaseCache

from engine.concurrency.locks import Lock
from engine.store.eviction import EvictionOrder, Queue
from engine.store.packing import packed, unpacked

ENTRY_BYTES = 200
"""Approximate bytes of an entry without its value."""


class MemoryCache(BaseCache):
    """A cache for one process, for any number of threads."""

    def __init__(
        self, entries: int = 2000, size: int = 128 * 1024 * 1024, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._max_entries = entries
        self._max_bytes = size
        self._clock = clock
        self._lock = Lock()
        self._entries: dict[str, tuple[float, int, Any, Queue, float]] = {}
        self._order = EvictionOrder()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def bytes(self) -> int:
        """The approximate size of all entries."""
        return self._order.bytes

    def get(self, key: str) -> Any:
        """Return the value, `None` if it is missing or expired."""
        with self._lock:
            kept = self._find(key)
        return unpacked(kept)

    def set(self, key: str, value: Any, timeout: Any = None) -> bool:
        """Store a value for `timeout` seconds."""
        value = packed(value)
        with self._lock:
            return self._put(key, value, timeout)

    def add(self, key: str, value: Any, timeout: Any = None) -> bool:
        """Store a value unless the key has one, and return whether it was stored."""
        value = packed(value)
        with self._lock:
            return self._find(key) is None and self._put(key, value, timeout)

    def delete(self, key: str) -> bool:
        """Delete a value, and return whether there was one."""
        with self._lock:
            return self._remove(key)

    def times(self, key: str) -> tuple[float, float] | None:
        """Return the seconds since a value was stored, and until it expires, by a clock that is never set."""
        with self._lock:
            kept, now = self._entries.get(key), self._clock()
            return None if kept is None else (now - kept[4], kept[0] - now)

    def snapshot(self) -> list[tuple[str, float, Any]]:
        """Return every key with its remaining seconds and its value."""
        with self._lock:
            now = self._clock()
            rows = [(key, row[0] - now, row[2]) for key, row in self._entries.items()]
        return [(key, left, unpacked(value)) for key, left, value in rows if left > 0]

    def has(self, key: str) -> bool:
        """Return whether there is a value."""
        with self._lock:
            return self._find(key) is not None

    def clear(self) -> bool:
        """Delete all values."""
        with self._lock:
            self._entries.clear()
            self._order = EvictionOrder()
        return True

    def _find(self, key: str) -> Any:
        kept = self._entries.get(key)
        if kept is None:
            return None
        if self._clock() >= kept[0]:
            self._remove(key)
            return None
        kept[3].move_to_end(key)
        return kept[2]

    def _put(self, key: str, value: Any, timeout: float | None) -> bool:
        weight = ENTRY_BYTES + len(key) + weigh(value)
        known = self._entries.get(key)
        queue = known[3] if known is not None else self._order.queue(key)
        self._remove(key)
        now = self._clock()
        self._entries[key] = (now + (timeout or float("inf")), weight, value, queue, now)
        self._order.add(queue, key, weight)
        while (dropped := self._order.next_dropped(self._max_entries, self._max_bytes)) is not None:
            self._remove(dropped)
        return True

    def _remove(self, key: str) -> bool:
        kept = self._entries.pop(key, None)
        if kept is None:
            return False
        self._order.remove(kept[3], key, kept[1])
        return True


def weigh(value: Any) -> int:
    """Return the approximate bytes of a value. Large values have a `weight`."""
    weight: int | None = getattr(value, "weight", None)
    return sys.getsizeof(value) if weight is None else weight


def make_cache(app: Any, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> MemoryCache:
    """Build the cache for Flask-Caching from its configuration."""
    return MemoryCache(config["CACHE_THRESHOLD"], config["CACHE_MAX_BYTES"])
