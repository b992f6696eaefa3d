"""Whether Redis is there: it is left alone for a moment after it failed, and looked for again and again."""

import logging
import threading
from collections.abc import Callable

PAUSE = 1.0
"""Seconds that Redis is left alone after it failed."""

log = logging.getLogger(__name__)


class Outage:
    """What this worker knows of it; `returned` is called, in a thread of its own, once it is back."""

    def __init__(self, clock: Callable[[], float], returned: Callable[[], None]) -> None:
        self._clock = clock
        self._returned = returned
        self._lock = threading.Lock()
        self._away_until = 0.0
        self._lost_at = 0.0
        self.lost = False

    @property
    def may_ask(self) -> bool:
        """Whether it is there, or may be there again."""
        return self._clock() >= self._away_until

    @property
    def lasts(self) -> float | None:
        """Seconds since it was lost, `None` while it is there."""
        return self._clock() - self._lost_at if self.lost else None

    def begin(self, error: Exception) -> None:
        """It failed."""
        with self._lock:
            self._away_until = self._clock() + PAUSE
            if not self.lost:
                log.error("Redis is lost, going on with this worker's memory: %s", type(error).__name__)
                self._lost_at = self._clock()
            self.lost = True

    def end(self) -> None:
        """It answered."""
        if self.lost:
            with self._lock:
                again, self.lost = self.lost, False
            if again:
                log.warning("Redis is back")
                threading.Thread(target=self._returned, name="redis", daemon=True).start()
