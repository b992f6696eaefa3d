"""Return memory to the system that a burst of work has freed.

glibc keeps freed memory below memory in use, so that a worker would stay as large as in its largest burst.
"""

import time
from collections.abc import Callable
from functools import cache

EACH = 10.0
"""Minimum seconds between two calls."""
TIMES = 1000
"""Factor of a call's duration for the pause after it.

A call stops the worker for a millisecond, and for tens of them after a large burst. Time in which other
programs had the processor does not count: a busy machine needs memory more, not less.
"""


@cache
def _trim() -> Callable[[int], int] | None:
    """Return glibc's function, `None` without glibc."""
    try:
        import ctypes  # an idle server does not need it

        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except (ImportError, OSError, TypeError):  # a Python without it, or another system
        return None


def release() -> None:
    """Return freed memory to the system, if the C library is glibc."""
    if (trim := _trim()) is not None:
        trim(0)


class Releasing:
    """Returns freed memory to the system now and then."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.thread_time,
        release: Callable[[], object] = release,
    ) -> None:
        self._clock = clock
        self._worked = worked
        self._release = release
        self._next = float("-inf")

    def look(self) -> bool:
        """Return memory to the system, unless that was done lately. Return whether it was done now."""
        if self._clock() < self._next:
            return False
        began = self._worked()
        self._release()
        self._next = self._clock() + max(EACH, TIMES * (self._worked() - began))
        return True
