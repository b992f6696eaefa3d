"""Update this worker's copies of shared state, with a short limit on the wait for Redis."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from engine.concurrency.background import report
from engine.store import Store

LONGEST_WAIT = 0.05
"""Seconds after which callers use the copies as they are."""


class CopyRefresh:
    """Calls `update` for this worker's copies of state in `store`, one call at a time.

    Callers that arrive during an update share it. Without Redis there are no copies to update.
    """

    def __init__(self, store: Store, update: Callable[[], None]) -> None:
        self._store = store
        self._update = update
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="copy-refresh")
        self._last: Future[None] | None = None
        self._end = 0.0

    def begin(self) -> tuple[Future[None], float] | None:
        """Return the running update and the end of the wait for it, `None` if there are no copies."""
        if self._store.is_local_only:
            return None
        with self._lock:
            if self._last is None or self._last.done():
                self._end = time.monotonic() + LONGEST_WAIT
                self._last = self._pool.submit(self._update)
                self._last.add_done_callback(report)
            return self._last, self._end


def refresh_copies(*refreshes: CopyRefresh) -> None:
    """Run updates concurrently, and wait for them for at most `LONGEST_WAIT` seconds."""
    running = [begun for refresh in refreshes if (begun := refresh.begin()) is not None]
    last = max((end for _, end in running), default=0.0)
    wait([update for update, _ in running], max(0.0, last - time.monotonic()))
