"""A limit on bytes, or other units, that all holders share.

Limits for single holders do not bound their sum.
"""

from engine.concurrency.locks import Lock


class Capacity:
    """`size` units for any number of holders, of which one holder may have `size_each`."""

    def __init__(self, size: int, size_each: int) -> None:
        self._free = size
        self._size_each = size_each
        self._held: dict[str, int] = {}
        self._lock = Lock()

    def acquire(self, size: int, holder: str = "") -> bool:
        """Take `size` units more for `holder`, and return whether they were free."""
        with self._lock:
            held = self._held.get(holder, 0) + size
            if size > self._free or held > self._size_each:
                return False
            self._free -= size
            self._held[holder] = held
            return True

    def release(self, size: int, holder: str = "") -> None:
        """Give units back."""
        with self._lock:
            self._free += size
            held = self._held.pop(holder) - size
            if held > 0:
                self._held[holder] = held

    def is_for_others(self, size: int, holder: str) -> bool:
        """Return whether `size` units are free for other holders, so that only `holder` has too many."""
        with self._lock:
            return size <= self._free and self._held.get(holder, 0) + size > self._size_each
