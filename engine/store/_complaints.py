"""Log what Redis holds and the engine cannot use, of each kind of key once in a while."""

import logging
from collections.abc import Callable

LOGGED = 60.0
"""Seconds until it is logged again that a kind of key holds something wrong."""

log = logging.getLogger(__name__)


class Complaints:
    """Logs wrong values, at most one a minute for each kind of key."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def make(self, key: str, error: Exception) -> None:
        """Log what is wrong with `key`."""
        kind, now = key.partition(":")[0], self._clock()
        if now >= self._until.get(kind, float("-inf")):
            self._until[kind] = now + LOGGED
            log.warning("cannot share a value through Redis: %s (%s)", key, error)
