"""Give the system memory back that a burst of work has freed.

glibc keeps what was freed below something that is still used, so that a worker would stay as large as its
largest burst made it.
"""

import time
from collections.abc import Callable
from functools import cache

EACH = 10.0
"""Seconds between two calls at least."""
TIMES = 1000
"""How many times as long as a call has worked, the next one waits.

A call stops the worker for a millisecond, and for tens of them after a large burst. How long other programs
had the processor meanwhile does not count: on a busy machine memory is needed more, not less.
"""


@cache
def _trim() -> Callable[[int], int] | None:
    """Return glibc's function, `None` where there is none."""
    try:
        import ctypes  # a server without work needs none of it

        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except (ImportError, OSError, TypeError):  # a Python without it, or another system
        return None


def release() -> None:
    """Give freed memory back, where the C library is glibc."""
    if (trim := _trim()) is not None:
        trim(0)


class Releasing:
    """Gives freed memory back, now and then."""

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
        """Give memory back unless that was done lately. Return whether it was done now."""
        if self._clock() < self._next:
            return False
        began = self._worked()
        self._release()
        self._next = self._clock() + max(EACH, TIMES * (self._worked() - began))
        return True
