"""Count the requests of clients in the memory of one worker.

The memory storage of `limits` visits every counter a hundred times a second, so that many clients slow down
each request. This storage groups counters by window and drops a whole window when it expires.

The number of counters is bounded. When half of them are used, new IPv6 networks share the counter of their
site. When all are used, the oldest counters with the fewest requests are dropped, so that new clients get a
counter like all others.
"""

import time
from itertools import islice
from math import floor
from typing import Any

from engine.concurrency.locks import Lock
from engine.web.access.sliding_windows import SlidingWindows, Window

MOST = 100_000
"""Counters of one window; a client has one for each endpoint."""
OLDEST = 64
"""When all counters are used, one of so many is examined."""
WITHIN = "~"
"""Separates the site from the network within a key."""
SCHEME = "sliding-window"
"""The URI scheme of this storage."""

Counters = dict[str, int]


class SlidingWindowStorage(SlidingWindows):
    """Sliding windows in memory, for the strategy of `limits`."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        self._lock = Lock()
        self._most = MOST
        self._crowded = MOST // 2
        self._windows: dict[int, tuple[int, Counters, Counters]] = {}
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)

    def get_sliding_window(self, key: str, expiry: int) -> Window:
        """Return the counts of the windows."""
        return self.spend(key, 0, expiry)[1]

    def spend(self, key: str, limit: int, expiry: int, amount: int = 1) -> tuple[bool, Window]:
        """Count a request, unless it exceeds the limit. Return whether it was counted, and the windows."""
        with self._lock:
            now = time.time()
            previous, current = self._at(now, expiry)
            if len(current) >= self._crowded and key not in current:
                key = self._newcomer(key, previous, current)
            before, count = previous.get(key, 0), current.get(key, 0)
            weight = 1 - now / expiry % 1
            allowed = floor(before * weight + count) + amount <= limit
            if allowed:
                count = current[key] = count + amount
        left = weight * expiry
        return allowed, (before, left if before else 0.0, count, left + expiry)

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Reset the counter of a client."""
        with self._lock:
            for counters in self._at(time.time(), expiry):
                counters.pop(key, None)

    def _newcomer(self, key: str, previous: Counters, current: Counters) -> str:
        """Make room for a client without a counter in this window, and return the key that counts it."""
        if key not in previous:
            key = site(key)
        if key not in current and len(current) >= self._most:
            oldest = sorted(islice(current, max(2, self._most // OLDEST)), key=current.__getitem__)
            for place, old in enumerate(oldest):
                count = current.pop(old)
                if place >= len(oldest) // 2:
                    current[old] = count  # frequent callers move to the end
        return key

    def _at(self, now: float, expiry: int) -> tuple[Counters, Counters]:
        """Return the counters of the previous window, and of this one."""
        index = int(now // expiry)
        known, previous, current = self._windows.get(expiry, (index, {}, {}))
        if index != known:
            previous, current = (current if index == known + 1 else {}), {}
        self._windows[expiry] = index, previous, current
        return previous, current

    def reset(self) -> int:
        """Reset all counters, and return their number."""
        with self._lock:
            clients = sum(len(current) for _, _, current in self._windows.values())
            self._windows.clear()
            return clients


def site(key: str) -> str:
    """Return the key of the site of a network, or `key` itself if it has none."""
    name, within, rest = key.partition(WITHIN)
    return name + rest[rest.find("/") :] if within else key
