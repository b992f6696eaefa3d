"""Count the requests of clients in Redis, and in each worker alone while Redis is unavailable."""

from collections.abc import Callable
from typing import TypeVar

from limits.errors import StorageError

from engine.store.shared_counters import Counters
from engine.web.access.counters import SlidingWindowStorage
from engine.web.access.sliding_windows import SlidingWindows, Window

T = TypeVar("T")

SCHEME = "shared-windows"
"""The URI scheme of this storage."""


class SharedWindows(SlidingWindows):
    """Sliding windows for the strategy of `limits`, which never fail.

    The storage itself falls back, and not Flask-Limiter: that would look for Redis after 32 seconds at times,
    and would count in a storage that slows down with every client.
    """

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str = "", wrap_exceptions: bool = False, *, url: str, seconds: float) -> None:
        self._shared = Counters(url, seconds)
        self._alone = SlidingWindowStorage()
        super().__init__(uri, wrap_exceptions)
        self.outage = self._shared.outage

    def retry(self) -> None:
        """Find out whether an outage is over, if it is time to try."""
        self._shared.retry()

    def get_sliding_window(self, key: str, expiry: int) -> Window:
        """Return the counts of the windows."""
        return self._ask(lambda windows: windows.get_sliding_window(key, expiry))

    def spend(self, key: str, limit: int, expiry: int, amount: int = 1) -> tuple[bool, Window]:
        """Count a request, unless it exceeds the limit. Return whether it was counted, and the windows."""
        return self._ask(lambda windows: windows.spend(key, limit, expiry, amount))

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Reset the counter of a client."""
        self._ask(lambda windows: windows.clear_sliding_window(key, expiry))

    def reset(self) -> int | None:
        """Reset all counters, and return their number."""
        return self._ask(lambda windows: windows.reset())

    def _ask(self, question: Callable[[Counters | SlidingWindowStorage], T]) -> T:
        try:
            return question(self._shared)
        except StorageError:
            return question(self._alone)
