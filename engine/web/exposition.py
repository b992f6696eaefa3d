"""The Prometheus text of `/metrics`, computed at a bounded rate."""

import threading
import time
from collections.abc import Callable

AT_ONCE = 20
PERIOD = 1.0
"""The text is computed at most this often in a row, and once more after each period. Other requests get the
last text, so that clients cannot keep a worker busy."""


class Exposition:
    """Calls `make` for the text of the metrics, at a bounded rate."""

    def __init__(self, make: Callable[[], bytes], clock: Callable[[], float] = time.monotonic) -> None:
        self._make, self._clock = make, clock
        self._lock = threading.Lock()
        self._left, self._since = float(AT_ONCE), clock()
        self._text = b""

    def text(self) -> bytes:
        """Return the current text, or the last one; one caller computes it while the others wait."""
        with self._lock:
            now = self._clock()
            self._left = min(AT_ONCE, self._left + (now - self._since) / PERIOD)
            self._since = now
            if self._left >= 1:
                self._left -= 1
                self._text = self._make()
            return self._text
