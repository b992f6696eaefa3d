"""Track whether Redis is available. After a failure, the worker waits a moment and tries again."""

import logging
import threading
from collections.abc import Callable

PAUSE = 0.5
"""Seconds after a failure of Redis during which the worker does not call it, and between two tries."""
REFUSALS = ("OOM", "READONLY", "NOREPLICAS", "MISCONF")
"""Words with which Redis refuses writes, though it answers reads."""
REFUSING = ("OutOfMemoryError", "ReadOnlyError")
"""Errors of redis-py for two of them."""

log = logging.getLogger(__name__)


class Outage:
    """Tracks an outage as this worker sees it, and calls `recovered` in a new thread when Redis is back.

    `meanwhile` says in the log what the worker does until then.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        meanwhile: str = "using this worker's memory",
        recovered: Callable[[], None] | None = None,
    ) -> None:
        self._clock = clock
        self._meanwhile = meanwhile
        self._recovered = recovered
        self._lock = threading.Lock()
        self._retry_at = 0.0
        self._lost_at = 0.0
        self.lost = False
        self.refuses_writes = False
        """Whether Redis refused a write, so that only a write shows that it is available again."""

    def may_try(self) -> bool:
        """Return whether the caller may call Redis: it is available, or the pause is over.

        Then one caller tries, and the others go on without Redis instead of waiting for it as well.
        """
        if not self.lost:
            return True
        with self._lock:
            now = self._clock()
            if now < self._retry_at:
                return False
            self._retry_at = now + PAUSE
            return True

    @property
    def seconds(self) -> float | None:
        """Seconds since Redis was lost, `None` while it is available."""
        return self._clock() - self._lost_at if self.lost else None

    def begin(self, error: Exception) -> None:
        """Record that Redis failed."""
        with self._lock:
            self._retry_at = self._clock() + PAUSE
            if not self.lost:
                log.error("Redis failed (%s); %s", type(error).__name__, self._meanwhile)
                self._lost_at = self._clock()
            self.lost = True
            self.refuses_writes |= _is_refusal(error)

    def end(self) -> None:
        """Record that Redis answered a call that began during the outage."""
        if self.lost:
            with self._lock:
                recovered, self.lost = self.lost, False
                self.refuses_writes = False
            if recovered:
                log.warning("Redis is available again; no longer %s", self._meanwhile)
                if self._recovered is not None:
                    threading.Thread(target=self._recovered, name="redis", daemon=True).start()


def _is_refusal(error: Exception) -> bool:
    """Return whether Redis has refused a write that it would take with more memory, replicas or disk."""
    return type(error).__name__ in REFUSING or any(word in str(error) for word in REFUSALS)
