"""Where one worker counts its clients' requests.

limits' own memory walks over every counter a hundred times a second, so that many clients make it slow for
each. Here counters lie by window: a whole window is dropped at once when its time is over, and nobody walks.

The number of counters is bounded. When half of the room is taken, new networks of IPv6 share the counter of
their site. When all of it is taken, the oldest counters with the fewest requests go: whoever comes last has a
counter like everybody else.
"""

import time
from itertools import islice
from math import floor
from typing import Any

from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport

from engine.concurrency.locks import Lock

MOST = 100_000
"""Counters of one window: a client has one for each endpoint."""
OLDEST = 64
"""The part of the counters that is looked at when there is no room: one of so many."""
WITHIN = "~"
"""Stands in a key between the name of a site and that of a network in it."""
SCHEME = "sliding-window"
"""How this storage is named in a URI."""

Counters = dict[str, int]
Window = tuple[int, float, int, float]
"""How often in the window before, for how many seconds that counts, how often in this one, for how many."""


class SlidingWindowStorage(Storage, SlidingWindowCounterSupport):
    """Sliding windows in memory, as limits' strategy reads them."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        self._lock = Lock()
        self._most = MOST
        self._crowded = MOST // 2
        self._windows: dict[int, tuple[int, Counters, Counters]] = {}
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong: nothing."""
        return ValueError

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request, unless that were too many."""
        return self.spend(key, limit, expiry, amount)[0]

    def get_sliding_window(self, key: str, expiry: int) -> Window:
        """What was counted until now."""
        return self.spend(key, 0, expiry)[1]

    def spend(self, key: str, limit: int, expiry: int, amount: int = 1) -> tuple[bool, Window]:
        """Both at once: whether it was counted, and the windows then."""
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
        """Forget a client."""
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
                    current[old] = count  # who asks often goes to the end of the row
        return key

    def _at(self, now: float, expiry: int) -> tuple[Counters, Counters]:
        """The counters of the window before, and of this one."""
        index = int(now // expiry)
        known, previous, current = self._windows.get(expiry, (index, {}, {}))
        if index != known:
            previous, current = (current if index == known + 1 else {}), {}
        self._windows[expiry] = index, previous, current
        return previous, current

    def check(self) -> bool:
        """It is always there."""
        return True

    def reset(self) -> int:
        """Forget everybody."""
        with self._lock:
            clients = sum(len(current) for _, _, current in self._windows.values())
            self._windows.clear()
            return clients

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Not of a sliding window."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Not of a sliding window."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Not of a sliding window."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Not of a sliding window."""
        raise NotImplementedError


def site(key: str) -> str:
    """Return the key of the site that a network belongs to, or `key` itself where it names no site."""
    name, within, rest = key.partition(WITHIN)
    return name + rest[rest.find("/") :] if within else key
