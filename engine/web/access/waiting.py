"""Let few requests wait briefly until something succeeds."""

import time
from collections.abc import Callable

from engine.web.capacity import Capacity

LONGEST = 10.0
"""Seconds that a request waits at most."""
SHORTEST = 0.05
"""Seconds between two looks at the quota."""
OF_ONE = 4
"""Requests of one client that wait at the same time."""
OF_ALL = 64
"""Requests that wait at the same time: each takes a thread where the worker has threads."""


class Waiting:
    """Lets few requests wait, of one client and of all. `sleep` waits for seconds."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._places = Capacity(OF_ALL, OF_ONE)

    def spend(self, holder: str, attempt: Callable[[], float]) -> float:
        """Return 0 where `attempt` has succeeded, else the seconds until it may.

        `attempt` returns the same. It is repeated for up to ten seconds, while few requests of `holder` wait.
        """
        wait = attempt()
        if not wait or not self._places.acquire(1, holder):
            return wait
        try:
            left = LONGEST
            while wait and left > 0:
                step = min(max(wait, SHORTEST), left)
                self._sleep(step)
                left -= step
                wait = attempt()
            return wait
        finally:
            self._places.release(1, holder)
