"""The cache's policy: fresh; stale while one refresh runs behind it; stale where everything failed."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from concurrent.futures import TimeoutError as WaitedTooLong
from dataclasses import replace
from typing import Any

from engine.cache.answers import ANSWER_SHARED, Answer
from engine.cache.entries import RENEWED, Entries, Entry, Good, Make, any_is, none_is
from engine.cache.host_times import HostTimes
from engine.cache.near_cache import Copies
from engine.cache.single_flight import TOO_SLOW, Flights
from engine.errors import AllProvidersFailed, ApiError
from engine.store import Store, fits
from engine.telemetry.background import report
from engine.telemetry.event_log import StaleKept
from engine.telemetry.events import Publish, discard
from engine.telemetry.request_id import with_new_id, with_request_id

__all__ = ["ANSWER_SHARED", "Entries", "Entry", "Freshness"]

WITH_SOMETHING_OLD = 1.5
"""Seconds that providers have to answer where there is something old to be given instead."""
OUTAGE = 60.0
"""Seconds after a failure in which what is old is given at once, while somebody tries again behind it."""
KEPT = 86_400.0
"""Seconds that something is kept after it was made, for when no provider can be had."""


class Freshness:
    """What was received, by key, and the answers made from it. Each is made once, however many ask."""

    def __init__(
        self,
        store: Store,
        pool: Executor,
        *,
        clock: Callable[[], float] = time.time,
        deadline: float = 10.0,
        publish: Publish = discard,
        contents: Mapping[str, Any] | None = None,
    ) -> None:
        self._publish = publish
        self._contents = contents or {}
        self._store = store
        self._pool = pool
        self._clock = clock
        self._deadline = deadline
        self._times = HostTimes(store, clock)
        self._copies = Copies(store, self._times)
        self._flights = Flights(store, clock)
        self._lock = threading.Lock()
        self._behind: set[str] = set()
        self.hits = 0
        self.misses = 0

    def answer(
        self, key: str, parts: Callable[[], Entries], build: Callable[[Entries, float, float], Answer]
    ) -> Answer:
        """The answer kept under `key` while it is fresh, otherwise one built from its parts.

        `build` is given the parts, when the oldest of them was made, and for how long all are fresh.
        """
        if (fresh := self.fresh(key)) is not None:
            self.hits += 1
            return fresh
        self.misses += 1
        place = f"answer:{key}"
        asked = int(self._clock() * 1000) / 1000
        try:
            entries = parts()
        except AllProvidersFailed:
            old = self._times.aged(place, Answer, ANSWER_SHARED)
            if old is None or old.age(self._clock()) >= KEPT:
                raise
            return old
        times = tuple(entry.made for entry in entries.values())
        made = min(times)
        expires = min(entry.made + entry.lifetime for entry in entries.values())
        known = self._times.aged(place, Answer, ANSWER_SHARED)
        if known is not None and known.times == times and known.lifetime == expires - made:
            return known
        answer = replace(build(entries, made, expires - made), key=key, times=times)
        self._store.set(place, answer, KEPT, shared=ANSWER_SHARED)
        return replace(answer, forwarded=made >= asked)

    def fresh(self, key: str) -> Answer | None:
        """The answer kept under `key`, `None` where it is not fresh, or older than the last refresh."""
        known: Answer | None = self._copies.get(f"answer:{key}")
        since = self._copies.get(RENEWED) or 0.0
        return None if known is None or known.stale(self._clock()) or known.made < since else known

    def known(self, key: str) -> Entry | None:
        """What is kept, however old it is, up to a day."""
        kind = self._contents.get(key.partition(":")[0], object)
        entry = self._times.aged(key, Entry, KEPT, lambda entry: fits(entry.value, kind))
        return entry if entry is not None and entry.age(self._clock()) < KEPT else None

    def obtain(
        self, keys: Sequence[str], make: Make, good: Good = any_is, outlived: Good = none_is
    ) -> Entries:
        """What there is for `keys`: fresh where it can be had, otherwise old, left out where it is neither.

        `make` makes some of the keys. What is not `good` is made anew, however fresh; what is old and
        `outlived` is only given where providers fail, or take too long.
        Raises the `ApiError` of the making where there is nothing at all.
        """
        now = self._clock()
        entries = {key: entry for key in keys if (entry := self.known(key)) is not None and good(entry)}
        due = [key for key in keys if key not in entries or entries[key].due(now)]
        failures = {
            key: failed
            for key in due
            if (failed := self._flights.failure(key)) and now - failed.time < OUTAGE
        }
        recent = {key: failed.error.copy() for key, failed in failures.items() if failed.recent(now)}
        patient = {
            key
            for key in due
            if (entry := entries.get(key)) is not None
            and (key in failures or (entry.age(now) < 2 * entry.lifetime and not outlived(entry)))
        }
        self._refresh_behind([key for key in due if key in patient and key not in recent], make)
        urgent = [key for key in due if key not in patient and key not in recent]
        error = next(iter(recent.values()), None)
        if urgent:
            old = all(key in entries for key in urgent)
            try:
                fly = self._waited_for if old else self._fly
                entries.update(fly(urgent, make, now, good))
            except ApiError as failed:
                error = failed
                if kept := [key for key in urgent if key in entries]:
                    self._publish(StaleKept.of(now, kept))
            except WaitedTooLong:
                self._flights.remember(urgent, TOO_SLOW)
                self._publish(StaleKept.of(self._clock(), urgent))
        if error and not entries:
            raise error
        return {key: entries[key] for key in keys if key in entries}

    def _waited_for(self, keys: Sequence[str], make: Make, since: float, good: Good) -> Entries:
        flight = self._pool.submit(with_request_id(self._fly, keys, make, since, good))
        flight.add_done_callback(report)
        return flight.result(WITH_SOMETHING_OLD)

    @property
    def hit_rate(self) -> float | None:
        """The share of requests that were answered with ready bytes, `None` before the first."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None

    def refresh(self, keys: Sequence[str], make: Make, good: Good = any_is) -> Entries:
        """Make those of `keys` anew that are not fresh, or not `good`."""
        return self._fly(keys, make, self._clock(), good)

    def _fly(self, keys: Sequence[str], make: Make, since: float, good: Good = any_is) -> Entries:
        """Make `keys`, unless somebody else has done so `since` they were looked for."""

        def make_and_keep(some: list[str]) -> Mapping[str, Entry]:
            made = make(some)
            for key, entry in made.items():
                self._store.set(key, entry, KEPT)
            return made

        def landed(key: str) -> Entry | None:
            entry = self.known(key)
            if entry is None or not good(entry):
                return None
            return entry if not entry.due(self._clock()) or entry.made >= since else None

        return self._flights.fly(keys, make_and_keep, landed, self._deadline)

    def _refresh_behind(self, keys: Iterable[str], make: Make) -> None:
        with self._lock:
            new = [key for key in keys if key not in self._behind]
            self._behind.update(new)
        if new:
            self._pool.submit(with_new_id("refresh", self._refreshed, new, make)).add_done_callback(report)

    def _refreshed(self, keys: list[str], make: Make) -> None:
        try:
            self._fly(keys, make, self._clock())
        except ApiError:
            self._publish(StaleKept.of(self._clock(), keys))
        finally:
            with self._lock:
                self._behind.difference_update(keys)
