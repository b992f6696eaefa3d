"""Count calls against budgets in the memory of one worker.

The memory storage of `limits` starts a thread that removes expired counters. Two readers at once can start
the same thread twice, and a counter that one of them removes meanwhile ends the thread by a `KeyError`.
There are as many budgets as hosts of providers, so that this storage needs no thread: an expired counter is
replaced when it is next used.
"""

import time
from collections.abc import Callable
from typing import Any

from limits.storage import Storage

from engine.concurrency.locks import Lock


class LocalCounters(Storage):
    """Fixed windows in memory, for the strategy of `limits`. Times are Unix seconds."""

    STORAGE_SCHEME = ["local-counters"]

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = False,
        *,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        self._lock = Lock()
        self._clock = clock
        self._windows: dict[str, tuple[int, float]] = {}
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)

    @property
    def base_exceptions(self) -> type[Exception]:
        """The exceptions of this storage: none."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in a fixed window that ends `expiry` seconds after its first count; return the count."""
        with self._lock:
            now = self._clock()
            count, end = self._windows.get(key, (0, now))
            count, end = (count, end) if end > now else (0, now + expiry)
            self._windows[key] = count + amount, end
            return count + amount

    def get(self, key: str) -> int:
        """Return the count of a fixed window."""
        count, end = self._windows.get(key, (0, 0.0))
        return count if end > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        """Return the time at which the window ends; now if nothing is counted."""
        now = self._clock()
        return max(now, self._windows.get(key, (0, now))[1])

    def check(self) -> bool:
        """Return whether the storage works: always."""
        return True

    def reset(self) -> int:
        """Forget all counts, and return how many there were."""
        with self._lock:
            forgotten = len(self._windows)
            self._windows.clear()
        return forgotten

    def clear(self, key: str) -> None:
        """Forget the count of a window."""
        with self._lock:
            self._windows.pop(key, None)
