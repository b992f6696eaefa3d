"""Copy shared values that every cached answer needs to this worker for a second."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from engine.cache.answers import ANSWER_SHARED, Answer
from engine.cache.entries import RENEWED, RENEWED_KEPT
from engine.cache.host_times import HostTimes
from engine.store import Store

KEPT = 1.0
"""Seconds after which the store is read again."""
MOST = 200
"""Maximum number of copies; the least used is dropped first."""


class NearCache:
    """Copies of values in `store`, with corrected `times`. Without Redis it returns the values themselves."""

    def __init__(self, store: Store, times: HostTimes, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._times = times
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Any]] = OrderedDict()

    def get(self, key: str) -> Any:
        """Return the value, at most a second old; `None` if there is none."""
        if self._store.is_local_only:
            return self._store.local_copy(key)
        if not self._store.is_shared:
            return self._store.get(key, float if key == RENEWED else Answer)
        kept = self._kept.get(key)
        now = self._clock()
        if kept is not None and now < kept[0]:
            return kept[1]
        found = self._read(key)
        if found is None:
            self._kept.pop(key, None)
            return None
        if kept is not None and kept[1] == found:
            found = kept[1]  # keeps the compressed bytes
        self._kept[key] = now + KEPT, found
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return found

    def _read(self, key: str) -> Answer | float | None:
        if key == RENEWED:
            return self._times.moment(key, RENEWED_KEPT) or 0.0
        return self._times.aged(key, Answer, ANSWER_SHARED)
