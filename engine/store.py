"""Where the engine remembers: its own memory, and Redis where workers and hosts share one.

If Redis dies, the engine goes on with its own memory, and comes back to Redis when that is back.
"""

import logging
import pickle
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import redis
from cachelib.base import BaseCache

from engine.shelf import Shelf

T = TypeVar("T")

UNREADABLE = (pickle.PickleError, AttributeError, ImportError, IndexError, TypeError, ValueError, EOFError)
"""What bytes may raise that were written by another release."""
STATE = ("door:", "statistics:", "failed:", "flight:", "warming", "events:", "refresh:")
"""What has to be remembered however many answers are kept."""
LASTING = ("statistics:", "refresh:")
"""State that nobody ends."""
DERIVED = "answer:"
"""What is made again from what was received."""
PAUSE = 1.0
"""Seconds that Redis is left alone after it failed."""

log = logging.getLogger(__name__)


class Store:
    """Values by key for a time. What is written to Redis is kept in memory as well, for when it is gone."""

    def __init__(
        self,
        memory: Shelf,
        shared: BaseCache | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._memory = memory
        self._state = Shelf(entries=10_000, clock=clock)
        self._shared = shared
        self._clock = clock
        self._lock = threading.Lock()
        self._away_until = 0.0
        self._lost = False
        self._lost_at = 0.0

    @property
    def is_shared(self) -> bool:
        """Whether other workers see what is written here."""
        return self._shared is not None and not self._lost

    @property
    def is_degraded(self) -> bool:
        """Whether Redis should be there and is not."""
        return self._lost

    @property
    def lost_for(self) -> float | None:
        """Seconds since Redis was lost, `None` while it is there or not used."""
        return self._clock() - self._lost_at if self._lost else None

    @property
    def size(self) -> int:
        """How many values this worker holds."""
        return len(self._memory)

    def get(self, key: str) -> Any:
        """The value, `None` where there is none."""
        if self._shared is None:  # the short way, which each hit goes twice
            return self._kept(key).get(key)
        try:
            return self._ask(lambda cache: cache.get(key), key)
        except UNREADABLE as error:
            log.warning("what another release kept cannot be read: %s (%s)", key, type(error).__name__)
            return None

    def own(self, key: str) -> Any:
        """This worker's copy of a value, however Redis came to lose it."""
        return self._kept(key).get(key)

    def set(self, key: str, value: Any, timeout: float, *, shared: float | None = None) -> None:
        """Keep `value` for `timeout` seconds; in Redis for `shared` seconds, if that is given."""
        kept = self._kept(key)
        kept.set(key, value, timeout=_seconds(timeout))
        left = _seconds(timeout if shared is None else shared)
        self._ask(lambda cache: cache is kept or cache.set(key, value, timeout=left), key)

    def add(self, key: str, value: Any, timeout: float) -> bool:
        """Keep `value` unless there is one already; whether it was kept."""
        return bool(self._ask(lambda cache: cache.add(key, value, timeout=_seconds(timeout)), key))

    def several(self, keys: Sequence[str]) -> list[Any]:
        """The value of each, `None` where there is none. All are of one kind: state, or not."""
        try:
            return self._ask(lambda cache: list(cache.get_many(*keys)), keys[0]) if keys else []
        except UNREADABLE as error:
            log.warning("what another release kept cannot be read: %s", type(error).__name__)
            return [None] * len(keys)

    def count(self, key: str) -> int:
        """One more than it was told the last time."""
        return self._ask(lambda cache: cache.inc(key) or 0, key)

    def delete(self, key: str) -> None:
        """Forget a value."""
        if self._shared is not None:
            self._kept(key).delete(key)
        self._ask(lambda cache: cache.delete(key), key)

    def _kept(self, key: str) -> Shelf:
        return self._state if key.startswith(STATE) else self._memory

    def _ask(self, question: Callable[[BaseCache | Shelf], T], key: str) -> T:
        if self._shared is not None and self._clock() >= self._away_until:
            try:
                answer = question(self._shared)
            except redis.RedisError as error:
                self._leave(error)
            else:
                self._return()
                return answer
        return question(self._kept(key))

    def _leave(self, error: Exception) -> None:
        with self._lock:
            self._away_until = self._clock() + PAUSE
            if not self._lost:
                log.error("Redis is lost, going on with this worker's memory: %s", type(error).__name__)
                self._lost_at = self._clock()
            self._lost = True

    def _return(self) -> None:
        if self._lost:
            with self._lock:
                again, self._lost = self._lost, False
            if again:
                log.warning("Redis is back")
                threading.Thread(target=self._give_back, name="redis", daemon=True).start()

    def _give_back(self) -> None:
        """Tell a Redis that came back empty what this worker has received, and what nobody may have ended."""
        for key, left, value in self._memory.snapshot():
            if not key.startswith(DERIVED):
                self.add(key, value, left)
        for key, left, value in self._state.snapshot():
            if key.startswith(LASTING):
                self.add(key, value, left)


def _seconds(timeout: float) -> int:
    """Whole seconds, and one at least: 0 would be for ever."""
    return max(1, round(timeout))
