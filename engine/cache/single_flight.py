"""Run one fetch per key: over all threads of a worker, and over all workers that share a Redis.

Other callers wait for its result.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitTimedOut

import msgspec

from engine.cache.cached_entries import CachedEntries
from engine.cache.decision import arrived
from engine.cache.entries import Entries, Entry
from engine.errors import AllProvidersFailed, ApiError
from engine.store.leases import Leases
from engine.telemetry import spans
from providers import Unavailable

LOOK_AGAIN = 0.02
"""Seconds between two lookups of another worker's result."""
TIMED_OUT = AllProvidersFailed.of({"engine": Unavailable(reason="Timeout")})
"""Error for callers whose wait timed out."""

Fetch = Callable[[list[str]], Mapping[str, Entry]]
"""Fetches entries for keys from providers. Raises an `ApiError` if it gets none."""


class Flight(msgspec.Struct):
    """The state of one run: `not_before` by key, its start (Unix), its end (monotonic), and its results."""

    keys: Mapping[str, float]
    fetch: Fetch
    since: float
    end: float
    entries: Entries = msgspec.field(default_factory=dict)
    error: ApiError | None = None


class SingleFlight:
    """Fetches entries into `cached`, one fetch per key at a time, with leases that other workers respect."""

    def __init__(self, cached: CachedEntries, leases: Leases, clock: Callable[[], float]) -> None:
        self._cached = cached
        self._leases = leases
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[str, Future[Entry | None]] = {}

    def run(self, keys: Mapping[str, float], fetch: Fetch, since: float, deadline: float) -> Entries:
        """Return the entry of each key that could be fetched, within `deadline` seconds.

        `keys` has the time (Unix seconds) from which an entry serves, by key. The entry of another caller
        serves if it is fresh or from `since` or later. Raises the `ApiError` of a failed fetch if no key has
        an entry.
        """
        flight = Flight(keys, fetch, since, time.monotonic() + deadline)
        mine, theirs = self._join(keys)
        if theirs:
            spans.note({"cache.waited": len(theirs)})
        try:
            self._lead(flight, mine)
        finally:
            self._finish(flight, mine)
        for key, running in theirs.items():
            self._wait(flight, key, running)
        if flight.error and not flight.entries:
            raise flight.error
        return flight.entries

    def _join(self, keys: Iterable[str]) -> tuple[list[str], dict[str, Future[Entry | None]]]:
        """Return the keys for this caller to fetch, and the results of other callers to wait for."""
        with self._lock:
            theirs = {key: self._running[key] for key in keys if key in self._running}
            mine = [key for key in keys if key not in theirs]
            self._running.update({key: Future() for key in mine})
        return mine, theirs

    def _finish(self, flight: Flight, keys: Iterable[str]) -> None:
        """Pass the results of `keys` to the callers that wait for them."""
        with self._lock:
            finished = {key: self._running.pop(key) for key in keys}
        for key, running in finished.items():
            if flight.error and key not in flight.entries:
                running.set_exception(flight.error.copy())
            else:
                running.set_result(flight.entries.get(key))

    @staticmethod
    def _wait(flight: Flight, key: str, running: Future[Entry | None]) -> None:
        try:
            entry = running.result(max(0.0, flight.end - time.monotonic()))
        except ApiError as error:
            flight.error = error.copy()
        except WaitTimedOut:
            flight.error = TIMED_OUT.copy()
        else:
            if entry is not None:
                flight.entries[key] = entry

    def _lead(self, flight: Flight, keys: list[str]) -> None:
        """Fetch the keys that no other worker fetches or has just fetched, and wait for the others.

        When the lease of another worker expires, this one takes over.
        """
        left = self._lookup(flight, keys)
        while left:
            leased = self._leases.acquire(left)
            try:
                if mine := self._lookup(flight, leased):  # another worker may have finished just before
                    self._fetch(flight, mine)
            finally:
                self._leases.release(leased)
            left = [key for key in left if key not in leased]
            if left and time.monotonic() > flight.end:
                flight.error = TIMED_OUT.copy()
                return
            if left:
                spans.note({"cache.waited": len(left)})
                time.sleep(LOOK_AGAIN)
                left = self._lookup(flight, left)

    def _lookup(self, flight: Flight, keys: Iterable[str]) -> list[str]:
        """Add cached entries and recent failures of `keys` to the flight; return the other keys."""
        left = []
        for key in keys:
            entry, now = self._cached.entry(key), self._clock()
            if entry is not None and arrived(entry, flight.keys[key], flight.since, now):
                flight.entries[key] = entry
            elif (failure := self._cached.failure(key)) and failure.recent(now):
                flight.error = failure.error
            else:
                left.append(key)
        return left

    def _fetch(self, flight: Flight, keys: list[str]) -> None:
        try:
            entries = flight.fetch(keys)
        except ApiError as error:
            self._cached.fail(keys, error)
            flight.error = error
        else:
            self._cached.keep(entries)
            self._cached.succeed(keys)
            flight.entries.update(entries)
