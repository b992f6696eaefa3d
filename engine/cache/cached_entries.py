"""The cached state by key: the entries, and the failures of the last fetches."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from engine.cache.decision import CachedState, Failed
from engine.cache.entries import Entry
from engine.cache.host_times import HostTimes, time_of
from engine.errors import ApiError
from engine.store import Store

KEPT = 86_400.0
"""Seconds that stale data may be served while every provider fails."""


class CachedEntries:
    """Reads and writes entries in `store`. `contents` are their types by the prefix of the key."""

    def __init__(
        self, store: Store, times: HostTimes, clock: Callable[[], float], contents: Mapping[str, Any]
    ) -> None:
        self._store = store
        self._times = times
        self._clock = clock
        self._contents = contents

    def read(self, key: str) -> CachedState:
        """Return the entry under `key`; unless it is fresh, with the failure of its last fetch."""
        entry = self.entry(key)
        fresh = entry is not None and not entry.due(self._clock())
        return CachedState(entry, None if fresh else self.failure(key))

    def entry(self, key: str) -> Entry | None:
        """Return the entry under `key`, also a stale one, up to a day old."""
        kind: type[Entry] = self._contents.get(key.partition(":")[0], Entry)
        entry = self._times.aged(key, kind, KEPT)
        return entry if entry is not None and entry.age(self._clock()) < KEPT else None

    def keep(self, entries: Mapping[str, Entry]) -> None:
        """Keep `entries` for a day."""
        for key, entry in entries.items():
            self._store.set(key, entry, KEPT)

    def failure(self, key: str) -> Failed | None:
        """Return the failure of the last fetch of `key`; `None` after a success."""
        found = self._store.find(f"failed:{key}", Failed)
        if found is None:
            return None
        time = time_of(found, found.value.time, self._clock(), KEPT)
        return found.value if time == found.value.time else replace(found.value, time=time)

    def fail(self, keys: Iterable[str], error: ApiError) -> None:
        """Record that a fetch of `keys` has failed now."""
        for key in keys:
            self._store.set(f"failed:{key}", Failed.of(self._clock(), error), KEPT)

    def succeed(self, keys: Iterable[str]) -> None:
        """Delete the failures of `keys`."""
        for key in keys:
            self._store.delete(f"failed:{key}")
