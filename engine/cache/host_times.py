"""Times that another host wrote, whose clock may be minutes ahead of this one's.

Redis says how long a value has lain there, whatever any host's clock is. So what was made is at least as old
as that. What claims to be of the future is as old as that, and is not used without asking anew.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from engine.cache.answers import Answer
from engine.cache.entries import Entry
from engine.store import Found, Store
from engine.timestamps import AHEAD

Aged = TypeVar("Aged", Entry, Answer)

LOGGED = 600.0
"""Seconds until it is logged again that clocks differ."""

log = logging.getLogger(__name__)


def made_at(time: float, now: float, lain: float) -> float:
    """When something was made that says `time` (Unix seconds), and has lain in Redis for so many seconds."""
    return now - lain if time - (now - lain) > AHEAD else time


def corrected(thing: Aged, now: float, lain: float) -> Aged:
    """`thing` with the time when it was made; due at once where it claims to be of the future."""
    made = made_at(thing.made, now, lain)
    return thing if made == thing.made else thing.moved(made - thing.made, due=thing.made - now > AHEAD)


class HostTimes:
    """Reads times from `store`, each kept for a number of seconds that is known, by this host's `clock`."""

    def __init__(
        self, store: Store, clock: Callable[[], float], timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._timer = timer
        self._logged = float("-inf")

    def aged(
        self, key: str, kind: type[Aged], kept: float, sound: Callable[[Aged], bool] = lambda _: True
    ) -> Aged | None:
        """The value under `key`, not younger than it can be; this worker's own where Redis has none."""
        found = self._store.found(key, kind, sound) if self._store.is_shared else None
        now = self._clock()
        if found is None:
            value: Aged | None = self._store.local_copy(key)
            return value if value is None else corrected(value, now, 0.0)
        right = corrected(found.value, now, lain(found, kept))
        if found.value.made - right.made > AHEAD:
            self._log(found.value.made - right.made)
        return right

    def moment(self, key: str, kept: float) -> float | None:
        """The time (Unix seconds) under `key`, no later than it can have been."""
        if not self._store.is_shared:
            value: float | None = self._store.local_copy(key)
            return value
        found = self._store.found(key, float)
        return None if found is None else made_at(found.value, self._clock(), lain(found, kept))

    def _log(self, seconds: float) -> None:
        if self._timer() - self._logged >= LOGGED:
            self._logged = self._timer()
            log.warning("the clock of another host is %.0f seconds ahead of this one's", seconds)


def lain(found: Found[Any], kept: float) -> float:
    """Seconds since what is kept for `kept` seconds was written; 0 where nobody knows."""
    return 0.0 if found.left is None else max(0.0, kept - found.left)
