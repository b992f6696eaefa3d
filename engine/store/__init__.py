"""Store values in the memory of each worker, and in Redis if workers and hosts share one.

If Redis fails, the worker continues with its memory, and uses Redis again when it is available. The store
checks values from Redis before use: a value of the wrong type is a miss, and is removed.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from cachelib.redis_base import BaseRedisCache

from engine.store._codec import Unreadable
from engine.store._found import Found
from engine.store._guarded import Counting, GuardedRedis
from engine.store._local_copies import LocalCopies, integer_seconds
from engine.store._outage import PAUSE, Outage
from engine.store._throttled_warnings import ThrottledWarnings
from engine.store.memory import MemoryCache

if TYPE_CHECKING:
    from engine.store._shared import SharedValues

__all__ = ["PAUSE", "Found", "Store", "ThrottledWarnings", "Unreadable"]

T = TypeVar("T")
V = TypeVar("V")

COPY_KEPT = 86_400.0
"""Seconds that a worker keeps a value that it has only read from Redis."""


def accept_any(value: object) -> bool:
    """Accept any value of the right type, by default."""
    return True


class Store:
    """Stores values by key for a limited time: in memory, and in Redis if one is configured."""

    def __init__(
        self,
        memory: MemoryCache,
        cache: BaseRedisCache | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._local = LocalCopies(memory, clock)
        self._outage = Outage(clock, recovered=self._restore)
        self._counting: list[Counting] = []
        self._redis: GuardedRedis | None = None
        if cache is not None:
            from engine.store import _shared  # here, since a worker alone needs no redis-py

            shared = _shared.SharedValues(cache, ThrottledWarnings(clock))
            self._redis = GuardedRedis(shared, self._outage)

    def include(self, counting: object) -> None:
        """Report outages of what counts in the same Redis as those of this store."""
        if isinstance(counting, Counting):
            self._counting.append(counting)

    @property
    def is_local_only(self) -> bool:
        """Whether no Redis is configured, so that only this worker's memory stores values."""
        return self._redis is None

    @property
    def is_shared(self) -> bool:
        """Whether other workers see the values that this worker stores."""
        return self._redis is not None and not self._outage.lost

    @property
    def is_degraded(self) -> bool:
        """Whether Redis is configured and unavailable."""
        return any(outage.lost for outage in self._outages)

    @property
    def outage_seconds(self) -> float | None:
        """Seconds since Redis was lost, `None` while it is available or not configured."""
        known = [seconds for outage in self._outages if (seconds := outage.seconds) is not None]
        return max(known, default=None)

    @property
    def size(self) -> int:
        """The number of values that this worker holds."""
        return len(self._local.memory)

    def get(self, key: str, kind: type[V], sound: Callable[[V], bool] = accept_any) -> V | None:
        """Return the value, or `None` if there is no `sound` value of this type."""
        if self._redis is None:  # a shortcut that each cached answer takes twice
            value: V | None = self._local.get(key)
            return value
        found = self.find(key, kind, sound)
        return None if found is None else found.value

    def find(self, key: str, kind: type[V], sound: Callable[[V], bool] = accept_any) -> Found[V] | None:
        """Return the value with the seconds until it expires in Redis."""
        if self._redis is None:
            return self.find_copy(key)

        def read(cache: "SharedValues") -> Found[V] | None:
            found = cache.read(key, kind)
            if found is not None and not sound(found.value):
                raise Unreadable("impossible value")
            return found

        return self._query(key, read, self.find_copy, otherwise=lambda: None)

    def get_many(self, keys: Sequence[str], kind: type[V]) -> list[V | None]:
        """Return the value of each key in one round trip, with `None` for missing values."""
        if not keys:
            return []
        found = self._query(
            keys[0],
            lambda cache: cache.read_all(dict.fromkeys(keys, kind)),
            lambda _: {key: self._local.get(key) for key in keys},
        )
        return [found.get(key) for key in keys]

    def local_copy(self, key: str) -> Any:
        """Return this worker's copy of a value, even if Redis has lost it."""
        return self._local.get(key)

    def find_copy(self, key: str) -> Found[Any] | None:
        """Return the same with what is known of its time."""
        found = self._local.find(key)
        return found if found is None or self.is_local_only else found._replace(left=None)

    def update_copies(self, kinds: Mapping[str, Any], drop_missing: str = "") -> None:
        """Update this worker's copies of shared state in one round trip.

        If Redis has no value, it may have lost it. The local copy then stays, unless its key has the prefix
        `drop_missing`.
        """
        if self._redis is None or not kinds:
            return
        for counting in self._counting:
            counting.retry()
        found = self._query(next(iter(kinds)), lambda cache: cache.read_all(kinds), lambda key: None)
        if found is None:
            return
        for key in kinds:
            if key in found:
                self._local.cache_for(key).set(key, found[key], timeout=COPY_KEPT)
            elif drop_missing and key.startswith(drop_missing):
                self._local.cache_for(key).delete(key)

    def set(self, key: str, value: Any, timeout: float, *, shared: float | None = None) -> None:
        """Store `value` for `timeout` seconds. In Redis it expires after `shared` seconds, if given."""
        self._local.cache_for(key).set(key, value, timeout=integer_seconds(timeout))
        left = integer_seconds(timeout if shared is None else shared)
        self._query(key, lambda cache: cache.write(key, value, left), lambda key: None)

    def set_local(self, key: str, value: Any, timeout: float) -> None:
        """Store `value` in this worker's memory alone, for `timeout` seconds."""
        self._local.cache_for(key).set(key, value, timeout=integer_seconds(timeout))

    def add(self, key: str, value: Any, timeout: float) -> bool:
        """Store `value` unless the key has one, and return whether it was stored."""
        seconds = integer_seconds(timeout)
        return self._query(
            key,
            lambda cache: cache.add(key, value, seconds),
            lambda key: self._local.cache_for(key).add(key, value, timeout=seconds),
        )

    def increment(self, key: str) -> int:
        """Increment the counter under `key`, and return its new value."""

        def query(otherwise: Callable[[], int] | None = None) -> int:
            return self._query(key, lambda cache: cache.increment(key), self._local.increment, otherwise)

        return query(otherwise=query)

    def delete(self, key: str) -> None:
        """Delete a value."""
        self._local.cache_for(key).delete(key)
        self._query(key, lambda cache: cache.delete(key), lambda key: None)

    def _query(
        self,
        key: str,
        command: Callable[["SharedValues"], T],
        locally: Callable[[str], T],
        otherwise: Callable[[], T] | None = None,
    ) -> T:
        return locally(key) if self._redis is None else self._redis.query(key, command, locally, otherwise)

    @property
    def _outages(self) -> list[Outage]:
        return [self._outage, *(counting.outage for counting in self._counting)]

    def _restore(self) -> None:
        """Copy values from this worker's memory to a Redis that restarted empty."""
        for key, left, value in self._local.to_restore():
            self.add(key, value, left)
