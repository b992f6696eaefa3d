"""Ready answers by their key: built once for each state of the entries, then served as bytes."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.structs import replace

from engine.cache._decided import decided
from engine.cache.answers import ANSWER_SHARED, Answer, Validity
from engine.cache.cached_entries import KEPT
from engine.cache.entries import RENEWED
from engine.cache.host_times import HostTimes
from engine.cache.near_cache import NearCache
from engine.errors import ApiError
from engine.store import Store
from engine.telemetry.spans import RECORDING


class Ready(msgspec.Struct, frozen=True):
    """The result of a lookup at `asked` (Unix seconds): a `fresh` answer, or `None`."""

    key: str
    asked: float
    fresh: Answer | None


V = TypeVar("V", bound=Any)
"""A struct with its age in `validity`."""


class ReadyValue(msgspec.Struct, Generic[V], frozen=True):
    """The result of a lookup at `asked` (Unix seconds): the `last` value, and the same if it is `fresh`."""

    key: str
    asked: float
    last: V | None
    fresh: V | None


class ReadyAnswers:
    """Stores answers in `store`, and reads them with corrected `times`."""

    def __init__(self, store: Store, times: HostTimes, clock: Callable[[], float]) -> None:
        self._store = store
        self._times = times
        self._near = NearCache(store, times)
        self._clock = clock
        self.hits = 0
        self.misses = 0
        self.asked = clock()
        """Time of the last request for data (Unix seconds)."""

    @property
    def hit_rate(self) -> float | None:
        """The share of requests that were answered from the cache, `None` before the first."""
        requests = self.hits + self.misses
        return self.hits / requests if requests else None

    def fresh(self, key: str) -> Answer | None:
        """Return the answer under `key`; `None` if it is stale or older than the last refresh."""
        answer: Answer | None = self._near.get(f"answer:{key}")
        return None if answer is None or self._is_old(answer) else answer

    def look(self, key: str) -> Ready:
        """Look up the answer under `key`, and count a hit or a miss."""
        self.asked = self._clock()
        ready = Ready(key, self.asked, self.fresh(key))
        self._count(key, ready.fresh is not None)
        return ready

    def served(self, key: str) -> None:
        """Count a hit under `key` that was served from `fresh`."""
        self.asked = self._clock()
        self._count(key, hit=True)

    def look_value(self, key: str, kind: type[V]) -> ReadyValue[V]:
        """Look up the value of a `kind` under `key` in this worker, and count a hit or a miss."""
        self.asked = self._clock()
        found = self._store.local_copy(f"answer:value:{key}")
        last = found if isinstance(found, kind) else None
        fresh = None if last is None or self._is_old(last.validity) else last
        self._count(key, fresh is not None)
        return ReadyValue(key, self.asked, last, fresh)

    def keep_value(self, ready: ReadyValue[V], value: V) -> V:
        """Store a new value in this worker, and return it."""
        kept: V = replace(value, validity=replace(value.validity, forwarded=False))
        self._store.set_local(f"answer:value:{ready.key}", kept, KEPT)
        return value

    def last_value(self, ready: ReadyValue[V], error: ApiError, since: float = 0.0) -> V:
        """Return the last value, also a stale one, up to a day old. Raises `error` without one.

        One from before `since` (Unix seconds) does not count.
        """
        if ready.last is None or ready.last.validity.age(self._clock()) >= KEPT:
            raise error
        if ready.last.validity.made < since:
            raise error
        return ready.last

    def last(self, ready: Ready, error: ApiError, since: float = 0.0) -> Answer:
        """Return the last answer, also a stale one, up to a day old. Raises `error` without one.

        One from before `since` (Unix seconds) does not count.
        """
        answer = self._last(ready.key)
        if answer is None or answer.age(self._clock()) >= KEPT or answer.made < since:
            raise error
        return answer

    def built(self, ready: Ready, validity: Validity) -> Answer | None:
        """Return the answer that was already built from entries with the same times."""
        answer = self._last(ready.key)
        if answer is None:
            return None
        same = answer.times == validity.times and answer.lifetime == validity.lifetime
        return answer if same else None

    def keep(self, ready: Ready, answer: Answer) -> Answer:
        """Store a new answer and return it."""
        kept = replace(answer, key=ready.key, forwarded=False)
        self._store.set(f"answer:{ready.key}", kept, KEPT, shared=ANSWER_SHARED)
        return replace(kept, forwarded=answer.forwarded)

    def _count(self, key: str, hit: bool) -> None:
        if hit:
            self.hits += 1
            if RECORDING.tracer is not None:
                decided(key)
        else:
            self.misses += 1

    def _is_old(self, validity: Validity) -> bool:
        """Return whether it is stale or older than the last refresh."""
        since = self._near.get(RENEWED) or 0.0
        return validity.stale(self._clock()) or validity.made < since

    def _last(self, key: str) -> Answer | None:
        return self._times.aged(f"answer:{key}", Answer, ANSWER_SHARED)
