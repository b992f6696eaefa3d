"""The Prometheus text of `/metrics`, computed at a bounded rate."""

import threading
import time
from collections.abc import Callable

AT_ONCE = 20
PERIOD = 1.0
"""So often the numbers are put together in a row, and once more after so many seconds each. Who asks more
often is told what was told last, so that nobody can keep a worker busy with it."""


class Exposition:
    """The numbers as ready bytes, which `make` puts together as often as it may."""

    def __init__(self, make: Callable[[], bytes], clock: Callable[[], float] = time.monotonic) -> None:
        self._make, self._clock = make, clock
        self._lock = threading.Lock()
        self._left, self._since = float(AT_ONCE), clock()
        self._text = b""

    def text(self) -> bytes:
        """Return the numbers of now, or the last ones; one caller makes them, the others wait."""
        with self._lock:
            now = self._clock()
            self._left = min(AT_ONCE, self._left + (now - self._since) / PERIOD)
            self._since = now
            if self._left >= 1:
                self._left -= 1
                self._text = self._make()
            return self._text
