"""Correct times that were written by other hosts, whose clocks may be minutes ahead.

Redis knows how long a value has been stored, independent of the hosts' clocks, so that a value is at least
that old. A value with a time in the future counts as exactly that old, and is fetched again before use. This
worker's memory knows the age as well: its own clock may have been set back.
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
"""Seconds until a difference between clocks is logged again."""

log = logging.getLogger(__name__)


def made_at(time: float, now: float, stored: float) -> float:
    """Return the corrected `time` (Unix seconds) of a value that was stored `stored` seconds ago."""
    return now - stored if time - (now - stored) > AHEAD else time


def corrected(thing: Aged, now: float, stored: float) -> Aged:
    """Return `thing` with its corrected time, due at once if its time lies in the future."""
    made = made_at(thing.made, now, stored)
    return thing if made == thing.made else thing.moved(made - thing.made, due=thing.made - now > AHEAD)


class HostTimes:
    """Reads times from `store` by this host's `clock`; each is kept for a known number of seconds."""

    def __init__(
        self, store: Store, clock: Callable[[], float], timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._timer = timer
        self._logged = float("-inf")

    def aged(self, key: str, kind: type[Aged], kept: float) -> Aged | None:
        """Return the value under `key` with its corrected time, or this worker's copy if Redis has none."""
        found = self._store.find(key, kind) or self._store.find_copy(key)
        if found is None:
            return None
        now = self._clock()
        right = corrected(found.value, now, stored(found, found.value.made, now, kept))
        if found.value.made - right.made > AHEAD:
            self._log(found.value.made - right.made, is_own=found.age is not None)
        return right

    def moment(self, key: str, kept: float) -> float | None:
        """Return the corrected time (Unix seconds) under `key`, `None` if there is none."""
        found = self._store.find(key, float)
        return None if found is None else time_of(found, found.value, self._clock(), kept)

    def _log(self, seconds: float, *, is_own: bool) -> None:
        if self._timer() - self._logged >= LOGGED:
            self._logged = self._timer()
            if is_own:
                log.warning("this host's clock has been set back by about %.0f seconds", seconds)
            else:
                log.warning("the clock of another host is %.0f seconds ahead of this one's", seconds)


def time_of(found: Found[Any], time: float, now: float, kept: float) -> float:
    """Return the corrected `time` (Unix seconds) of a value that is kept for `kept` seconds."""
    return made_at(time, now, stored(found, time, now, kept))


def stored(found: Found[Any], time: float, now: float, kept: float) -> float:
    """Return the seconds since a value was written that is kept for `kept` seconds; 0 if unknown.

    If its `time` lies in the future, its age in this worker's memory counts: the clock was set back.
    """
    if found.age is not None:
        return found.age if time - now > AHEAD else 0.0
    return 0.0 if found.left is None else max(0.0, kept - found.left)
