"""Log values that Redis cannot share, at a limited rate."""

import logging
from collections.abc import Callable

LOGGED = 60.0
"""Seconds between two warnings about the same prefix of keys."""

log = logging.getLogger(__name__)


class ThrottledWarnings:
    """Logs unusable values, at most one a minute for each prefix of keys."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def warn(self, key: str, error: Exception) -> None:
        """Log why the value under `key` is unusable."""
        prefix, now = key.partition(":")[0], self._clock()
        if now >= self._until.get(prefix, float("-inf")):
            self._until[prefix] = now + LOGGED
            log.warning("cannot share a value through Redis: %s (%s)", key, error)
