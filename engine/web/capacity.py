"""How many bytes may be held together, by all and by each: one limit for each does not bound their sum."""

from engine.concurrency.locks import Lock


class Capacity:
    """So many bytes for any number of holders, of which one may have a part only."""

    def __init__(self, size: int, size_each: int) -> None:
        self._free = size
        self._size_each = size_each
        self._held: dict[str, int] = {}
        self._lock = Lock()

    def acquire(self, size: int, holder: str = "") -> bool:
        """Take `size` bytes more for `holder`, and return whether there was room for them."""
        with self._lock:
            held = self._held.get(holder, 0) + size
            if size > self._free or held > self._size_each:
                return False
            self._free -= size
            self._held[holder] = held
            return True

    def release(self, size: int, holder: str = "") -> None:
        """Free bytes that were taken."""
        with self._lock:
            self._free += size
            held = self._held.pop(holder) - size
            if held > 0:
                self._held[holder] = held

    def is_for_others(self, size: int, holder: str) -> bool:
        """Whether others could take `size` bytes, so that it is `holder` who has too many."""
        with self._lock:
            return size <= self._free and self._held.get(holder, 0) + size > self._size_each
