"""Whether Redis is available. After a failure it is not asked for a moment, then tried again."""

import logging
import threading
from collections.abc import Callable

PAUSE = 1.0
"""Seconds without a call after Redis failed."""

log = logging.getLogger(__name__)


class Outage:
    """This worker's knowledge of an outage; `returned` is called in its own thread when Redis is back."""

    def __init__(self, clock: Callable[[], float], returned: Callable[[], None]) -> None:
        self._clock = clock
        self._returned = returned
        self._lock = threading.Lock()
        self._away_until = 0.0
        self._lost_at = 0.0
        self.lost = False

    @property
    def may_ask(self) -> bool:
        """Return whether Redis is available, or may be again."""
        return self._clock() >= self._away_until

    @property
    def lasts(self) -> float | None:
        """Seconds since Redis was lost, `None` while it is available."""
        return self._clock() - self._lost_at if self.lost else None

    def begin(self, error: Exception) -> None:
        """Record that Redis failed."""
        with self._lock:
            self._away_until = self._clock() + PAUSE
            if not self.lost:
                log.error("Redis is lost, going on with this worker's memory: %s", type(error).__name__)
                self._lost_at = self._clock()
            self.lost = True

    def end(self) -> None:
        """Record that Redis answered."""
        if self.lost:
            with self._lock:
                again, self.lost = self.lost, False
            if again:
                log.warning("Redis is back")
                threading.Thread(target=self._returned, name="redis", daemon=True).start()
