"""Where the engine keeps values: in its own memory, and in Redis if workers and hosts share one.

If Redis fails, the engine continues with its own memory, and returns to Redis once it is back. Values in
Redis are checked before use: a value of another kind is a miss, and is removed.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from cachelib.redis_base import BaseRedisCache
from redis import RedisError

from engine.store._codec import Unreadable
from engine.store._complaints import Complaints
from engine.store._local_copies import LocalCopies, whole_seconds
from engine.store._outage import PAUSE, Outage
from engine.store._shared import Found, Shared, is_of_another_kind
from engine.store.memory import MemoryCache

__all__ = ["PAUSE", "Complaints", "Found", "Store", "Unreadable", "is_of_another_kind"]

T = TypeVar("T")
V = TypeVar("V")

SEEN = 86_400.0
"""Seconds that a worker keeps a value that it has only read from Redis."""


def anything(value: object) -> bool:
    """Accept any value of the right kind, by default."""
    return True


class Store:
    """Values by key, for a time. What is written to Redis is kept in memory as well, in case Redis fails."""

    def __init__(
        self,
        memory: MemoryCache,
        cache: BaseRedisCache | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._local = LocalCopies(memory, clock)
        self._complaints = Complaints(clock)
        self._shared = None if cache is None else Shared(cache, self._complaints)
        self._outage = Outage(clock, self._give_back)

    @property
    def is_alone(self) -> bool:
        """Whether there is only this worker's memory, and no Redis is configured."""
        return self._shared is None

    @property
    def is_shared(self) -> bool:
        """Whether other workers see what is written here."""
        return self._shared is not None and not self._outage.lost

    @property
    def is_degraded(self) -> bool:
        """Whether Redis is configured and unavailable."""
        return self._outage.lost

    @property
    def lost_for(self) -> float | None:
        """Seconds since Redis was lost, `None` while it is available or not configured."""
        return self._outage.lasts

    @property
    def size(self) -> int:
        """The number of values that this worker holds."""
        return len(self._local.memory)

    def get(self, key: str, kind: type[V], sound: Callable[[V], bool] = anything) -> V | None:
        """Return the value, `None` without a `sound` one of this `kind`."""
        if self._shared is None:  # the short way, which each cached answer takes twice
            value: V | None = self._local.get(key)
            return value
        found = self.found(key, kind, sound)
        return None if found is None else found.value

    def found(self, key: str, kind: type[V], sound: Callable[[V], bool] = anything) -> Found[V] | None:
        """Return the value with the seconds until Redis drops it."""
        if self._shared is None:
            return self._found_here(key)

        def read(cache: Shared) -> Found[V] | None:
            found = cache.read(key, kind)
            if found is not None and not sound(found.value):
                raise Unreadable("a value that cannot be")
            return found

        return self._ask(key, read, self._found_here, otherwise=lambda: None)

    def several(self, keys: Sequence[str], kind: type[V]) -> list[V | None]:
        """Return the value of each key in one round trip, `None` for missing ones."""
        if not keys:
            return []
        found = self._ask(
            keys[0],
            lambda cache: cache.read_all(dict.fromkeys(keys, kind)),
            lambda _: {key: self._local.get(key) for key in keys},
        )
        return [found.get(key) for key in keys]

    def local_copy(self, key: str) -> Any:
        """Return this worker's copy of a value, even if Redis has lost it."""
        return self._local.get(key)

    def see(self, kinds: Mapping[str, Any], gone: str = "") -> None:
        """Update this worker's copies of shared state in one round trip.

        A value that Redis lacks may just have been lost there. Only copies under the prefix `gone` are then
        dropped.
        """
        if self._shared is None or not kinds:
            return

        found = self._ask(next(iter(kinds)), lambda cache: cache.read_all(kinds), lambda key: None)
        if found is None:
            return
        for key in kinds:
            if key in found:
                self._local.at(key).set(key, found[key], timeout=SEEN)
            elif gone and key.startswith(gone):
                self._local.at(key).delete(key)

    def set(self, key: str, value: Any, timeout: float, *, shared: float | None = None) -> None:
        """Keep `value` for `timeout` seconds; in Redis for `shared` seconds, if given."""
        self._local.at(key).set(key, value, timeout=whole_seconds(timeout))
        left = whole_seconds(timeout if shared is None else shared)
        self._ask(key, lambda cache: cache.write(key, value, left), lambda key: None)

    def add(self, key: str, value: Any, timeout: float) -> bool:
        """Keep `value` unless there is one, and return whether it was kept."""
        seconds = whole_seconds(timeout)
        return self._ask(
            key,
            lambda cache: cache.add(key, value, seconds),
            lambda key: self._local.at(key).add(key, value, timeout=seconds),
        )

    def count(self, key: str) -> int:
        """Increase the counter of `key` by one, and return it."""

        def ask(otherwise: Callable[[], int] | None = None) -> int:
            return self._ask(key, lambda cache: cache.count(key), self._local.count, otherwise)

        return ask(otherwise=ask)

    def delete(self, key: str) -> None:
        """Drop a value."""
        self._local.at(key).delete(key)
        self._ask(key, lambda cache: cache.forget(key), lambda key: None)

    def _found_here(self, key: str) -> Found[Any] | None:
        value = self._local.get(key)
        return None if value is None else Found(value, None)

    def _ask(
        self,
        key: str,
        question: Callable[[Shared], T],
        here: Callable[[str], T],
        otherwise: Callable[[], T] | None = None,
    ) -> T:
        """Return the answer of Redis, or of `here`, this worker's copy, while Redis is unavailable.

        An unreadable value under `key` is removed; the answer is then that of `otherwise`.
        """
        if self._shared is not None and self._outage.may_ask:
            try:
                answer = question(self._shared)
            except Unreadable as error:
                self._remove(self._shared, key, error)
                self._outage.end()
                return here(key) if otherwise is None else otherwise()
            except RedisError as error:
                self._outage.begin(error)
            else:
                self._outage.end()
                return answer
        return here(key)

    def _remove(self, cache: Shared, key: str, error: Unreadable) -> None:
        self._complaints.make(key, error)
        with suppress(RedisError):
            cache.forget(key)

    def _give_back(self) -> None:
        """Restore a Redis that came back empty from this worker's copies."""
        for key, left, value in self._local.to_give_back():
            self.add(key, value, left)
