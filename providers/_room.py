"""How much the bodies that are being read may take together: one limit for each does not bound their sum."""

import threading


class Room:
    """So many bytes, for any number of threads."""

    def __init__(self, size: int = 20 * 1024 * 1024) -> None:
        self._free = size
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Whether there was room for so many bytes more."""
        with self._lock:
            if size > self._free:
                return False
            self._free -= size
            return True

    def give_back(self, size: int) -> None:
        """They are read, or thrown away."""
        with self._lock:
            self._free += size
