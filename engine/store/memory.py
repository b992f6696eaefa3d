"""The engine's own memory cache: the values themselves, dropped in the order of `engine.store.eviction`.

Flask-Caching's SimpleCache pickles every value at every get and set, and does not count bytes. Values in this
cache never change after they are put in, so that no copies are needed.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from cachelib.base import BaseCache

from engine.concurrency.locks import Lock
from engine.store.eviction import Order, Row

ENTRY_BYTES = 200
"""Bytes that an entry takes in addition to its value."""


class MemoryCache(BaseCache):
    """A cache for one process, for any number of threads."""

    def __init__(
        self, entries: int = 2000, size: int = 128 * 1024 * 1024, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._most = entries
        self._most_bytes = size
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[str, tuple[float, int, Any, Row]] = {}
        self._order = Order()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes(self) -> int:
        """The approximate size of all entries."""
        return self._order.bytes

    def get(self, key: str) -> Any:
        """Return the value, `None` if there is none or its time is over."""
        with self._lock:
            return self._found(key)

    def set(self, key: str, value: Any, timeout: Any = None) -> bool:
        """Keep a value for so many seconds."""
        with self._lock:
            return self._put(key, value, timeout)

    def add(self, key: str, value: Any, timeout: Any = None) -> bool:
        """Keep a value unless there is one."""
        with self._lock:
            return self._found(key) is None and self._put(key, value, timeout)

    def delete(self, key: str) -> bool:
        """Drop a value, and return whether there was one."""
        with self._lock:
            return self._remove(key)

    def snapshot(self) -> list[tuple[str, float, Any]]:
        """Return every key with its remaining seconds and its value."""
        with self._lock:
            now = self._clock()
            return [(key, end - now, value) for key, (end, _, value, _) in self._kept.items() if end > now]

    def has(self, key: str) -> bool:
        """Return whether there is a value."""
        return self.get(key) is not None

    def clear(self) -> bool:
        """Drop all values."""
        with self._lock:
            self._kept.clear()
            self._order = Order()
        return True

    def _found(self, key: str) -> Any:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if self._clock() >= kept[0]:
            self._remove(key)
            return None
        kept[3].move_to_end(key)
        return kept[2]

    def _put(self, key: str, value: Any, timeout: float | None) -> bool:
        weight = ENTRY_BYTES + len(key) + weigh(value)
        known = self._kept.get(key)
        row = known[3] if known is not None else self._order.row(key)
        self._remove(key)
        self._kept[key] = (self._clock() + (timeout or float("inf")), weight, value, row)
        self._order.add(row, key, weight)
        while (first := self._order.first(self._most, self._most_bytes)) is not None:
            self._remove(first)
        return True

    def _remove(self, key: str) -> bool:
        kept = self._kept.pop(key, None)
        if kept is None:
            return False
        self._order.remove(kept[3], key, kept[1])
        return True


def weigh(value: Any) -> int:
    """Return the approximate bytes of a value; large values have a `weight`."""
    weight: int | None = getattr(value, "weight", None)
    return sys.getsizeof(value) if weight is None else weight


def make_cache(app: Any, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> MemoryCache:
    """Build the cache for Flask-Caching from its configuration."""
    return MemoryCache(config["CACHE_THRESHOLD"], config["CACHE_MAX_BYTES"])
