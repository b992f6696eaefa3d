"""A limit on the bytes of all bodies that are being read: a limit for each does not bound their sum."""

import threading


class Capacity:
    """A number of bytes that any number of threads share."""

    def __init__(self, size: int = 20 * 1024 * 1024) -> None:
        self._free = size
        self._lock = threading.Lock()

    def acquire(self, size: int) -> bool:
        """Take `size` bytes, and return whether they were free."""
        with self._lock:
            if size > self._free:
                return False
            self._free -= size
            return True

    def release(self, size: int) -> None:
        """Free bytes that were acquired."""
        with self._lock:
            self._free += size
