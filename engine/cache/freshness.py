"""Act on the decision for each key. All reads of providers' data pass through here."""

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from concurrent.futures import TimeoutError as WaitTimedOut

from msgspec.structs import replace

from engine.cache._decided import described
from engine.cache.cached_entries import CachedEntries
from engine.cache.decision import Action, CachedState, Decision, decide
from engine.cache.entries import Entries, Entry
from engine.cache.single_flight import TIMED_OUT, Fetch, SingleFlight
from engine.concurrency.background import report
from engine.errors import ApiError
from engine.telemetry import spans
from engine.telemetry.event_log import StaleKept
from engine.telemetry.events import Publish
from engine.telemetry.request_id import with_new_id, with_request_id

MARGIN = 1.0
"""Seconds that a fetch may take after the last answer that it waits for."""


class Freshness:
    """Serves `cached` entries while they are fresh, and fetches stale ones once for all callers."""

    def __init__(
        self,
        cached: CachedEntries,
        single_flight: SingleFlight,
        pool: Executor,
        *,
        clock: Callable[[], float],
        deadline: float,
        publish: Publish,
    ) -> None:
        self._cached = cached
        self._single_flight = single_flight
        self._pool = pool
        self._clock = clock
        self._deadline = deadline
        self._publish = publish
        self._lock = threading.Lock()
        self._behind: set[str] = set()

    def entry(self, key: str) -> Entry | None:
        """Return the entry under `key`, also a stale one, up to a day old."""
        return self._cached.entry(key)

    def keep(self, key: str, entry: Entry) -> Entry | None:
        """Keep an entry that was not fetched, and return it; `None` if it is too old to be served."""
        self._cached.keep({key: entry})
        return self._cached.entry(key)

    def read(self, *keys: str) -> dict[str, CachedState]:
        """Return the cached state of each of `keys`, to which a request adds its need."""
        return {key: self._cached.read(key) for key in keys}

    def refused(self, key: str, state: CachedState) -> CachedState:
        """Return the state of `key` for a request that its entry does not serve, even if it is fresh."""
        return replace(state, failure=self._cached.failure(key)).refused(self._clock())

    def obtain(self, states: Mapping[str, CachedState], fetch: Fetch, within: float) -> Entries:
        """Return the entry of each key: a fresh one if possible, otherwise a stale one, otherwise none.

        `within` are the seconds in which providers usually answer. A caller with a stale value waits at most
        that long. Raises the `ApiError` of the fetch if no key has an entry.
        """
        now = self._clock()
        decisions = {key: decide(state, now) for key, state in states.items()}
        with spans.span("cache", described(decisions) if spans.is_recording() else None):
            return self._act(decisions, states, fetch, now, within + MARGIN)

    def refresh(self, states: Mapping[str, CachedState], fetch: Fetch) -> Entries:
        """Fetch each key whose state does not serve the request, within the deadline. Raises `ApiError`."""
        with spans.span("refresh"):
            return self._run({key: state.not_before for key, state in states.items()}, fetch, self._clock())

    def _act(
        self,
        decisions: Mapping[str, Decision],
        states: Mapping[str, CachedState],
        fetch: Fetch,
        now: float,
        patience: float,
    ) -> Entries:
        entries = {key: it.entry for key, it in decisions.items() if it.entry is not None}
        error = next((it.error for it in decisions.values() if it.error is not None), None)
        self._refresh_behind(_of(decisions, Action.REFRESH_BEHIND), fetch)
        if urgent := _of(decisions, Action.FETCH):
            stale = [key for key in urgent if key in entries]
            wanted = {key: states[key].not_before for key in urgent}
            try:
                if len(stale) == len(urgent):
                    entries |= self._run_briefly(wanted, fetch, now, patience)
                else:
                    entries |= self._run(wanted, fetch, now)
            except ApiError as failed:
                error = failed
                if stale:
                    self._publish(StaleKept.of(now, stale))
            except WaitTimedOut:
                self._cached.fail(urgent, TIMED_OUT)
                self._publish(StaleKept.of(self._clock(), stale))
        if error and not entries:
            raise error
        return {key: entries[key] for key in states if key in entries}

    def _run(self, keys: Mapping[str, float], fetch: Fetch, since: float) -> Entries:
        return self._single_flight.run(keys, fetch, since, self._deadline)

    def _run_briefly(self, keys: Mapping[str, float], fetch: Fetch, since: float, patience: float) -> Entries:
        running = self._pool.submit(with_request_id(self._run, keys, fetch, since))
        running.add_done_callback(report)
        return running.result(patience)

    def _refresh_behind(self, keys: Iterable[str], fetch: Fetch) -> None:
        with self._lock:
            new = [key for key in keys if key not in self._behind]
            self._behind.update(new)
        if new:
            call = with_new_id("refresh", self._refreshed, new, fetch, spans.current())
            self._pool.submit(call).add_done_callback(report)

    def _refreshed(self, keys: list[str], fetch: Fetch, cause: object | None) -> None:
        try:
            with spans.span("refresh", link=cause):
                self._run(dict.fromkeys(keys, 0.0), fetch, self._clock())
        except ApiError:
            self._publish(StaleKept.of(self._clock(), keys))
        finally:
            with self._lock:
                self._behind.difference_update(keys)


def _of(decisions: Mapping[str, Decision], action: Action) -> list[str]:
    return [key for key, decision in decisions.items() if decision.action is action]
