"""Answers for a second in this worker, in front of a store that other workers share."""

import time
from collections import OrderedDict
from collections.abc import Callable

from engine.answers import Answer
from engine.store import Store

KEPT = 1.0
"""Seconds after which the store is asked again."""
MOST = 200
"""How many are kept, the least used forgotten first."""


class Copies:
    """Reads answers from `store`; in memory alone, it has them itself."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Answer]] = OrderedDict()

    def get(self, key: str) -> Answer | None:
        """The answer, at most a second old; `None` where there is none."""
        if not self._store.is_shared:
            return self._store.get(key)  # type: ignore[no-any-return]
        kept = self._kept.get(key)
        now = self._clock()
        if kept is not None and now < kept[0]:
            return kept[1]
        found: Answer | None = self._store.get(key)
        if found is None:
            self._kept.pop(key, None)
            return None
        if kept is not None and kept[1] == found:
            found = kept[1]  # what is compressed already stays so
        self._kept[key] = now + KEPT, found
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return found
