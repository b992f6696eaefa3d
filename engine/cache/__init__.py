"""The cache of providers' data and of answers, with the decision to serve an entry or to fetch it."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any

import msgspec

from engine.cache.answers import ANSWER_SHARED, Answer, Validity
from engine.cache.cached_entries import KEPT, CachedEntries
from engine.cache.entries import Entries, Entry
from engine.cache.freshness import Freshness
from engine.cache.host_times import HostTimes
from engine.cache.ready import ReadyAnswers
from engine.cache.single_flight import SingleFlight
from engine.store import Store
from engine.store.leases import Leases
from engine.telemetry.events import Publish, discard

__all__ = ["ANSWER_SHARED", "KEPT", "Answer", "Cache", "Entries", "Entry", "Freshness", "Validity"]


class Cache(msgspec.Struct, frozen=True):
    """The two halves of the cache: data from providers, and answers that are built from them."""

    data: Freshness
    answers: ReadyAnswers

    @classmethod
    def over(
        cls,
        store: Store,
        pool: Executor,
        *,
        clock: Callable[[], float] = time.time,
        deadline: float = 10.0,
        publish: Publish = discard,
        contents: Mapping[str, Any] | None = None,
    ) -> "Cache":
        """Build a cache over `store` whose refreshes run in `pool`, with `deadline` seconds for each fetch.

        `contents` are the types of entries by the first part of their keys.
        """
        times = HostTimes(store, clock)
        cached = CachedEntries(store, times, clock, contents or {})
        single_flight = SingleFlight(cached, Leases(store), clock)
        data = Freshness(cached, single_flight, pool, clock=clock, deadline=deadline, publish=publish)
        return cls(data, ReadyAnswers(store, times, clock))
