"""Update copies of shared state without waiting for Redis longer than a moment."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from engine.concurrency.background import report
from engine.store import Store

MOMENT = 0.05
"""Seconds after which this worker's copies are good enough."""


class Glance:
    """Updates this worker's copies of state in `store`, one update at a time.

    Callers that come meanwhile share the running one. In memory alone there are no copies.
    """

    def __init__(self, store: Store, look: Callable[[], None]) -> None:
        self._store = store
        self._look = look
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="glance")
        self._last: Future[None] | None = None
        self._end = 0.0

    def begin(self) -> tuple[Future[None], float] | None:
        """Return the running update and the end of the wait for it; `None` if there are no copies."""
        if self._store.is_alone:
            return None
        with self._lock:
            if self._last is None or self._last.done():
                self._end = time.monotonic() + MOMENT
                self._last = self._pool.submit(self._look)
                self._last.add_done_callback(report)
            return self._last, self._end


def glance(*glances: Glance) -> None:
    """Run some updates side by side, and wait a moment for them."""
    looks = [look for one in glances if (look := one.begin()) is not None]
    last = max((end for _, end in looks), default=0.0)
    wait([look for look, _ in looks], max(0.0, last - time.monotonic()))
