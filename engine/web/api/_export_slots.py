"""The places of clients that receive files: how many files one receives at once, from all workers."""

import threading
import time
import uuid
from collections.abc import Callable
from weakref import WeakSet

from engine.errors import ApiError
from engine.store import Store

AT_ONCE = 2
"""Files that one client receives at the same time."""
HELD = 5
"""Seconds until a place is free whose worker has died, after which refused clients try again."""
RENEWAL = 1.0
"""Seconds between two renewals of the places of this worker, however slowly their files are sent."""


class Renewing:
    """Renews the places of this worker in a thread of its own, while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: WeakSet[Place] = WeakSet()
        self._runs = False

    def add(self, place: "Place") -> None:
        """Renew a place until it is given back."""
        with self._lock:
            self._places.add(place)
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, name="export-places", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(RENEWAL)
            with self._lock:
                places = [place for place in self._places if place.is_held]
                if not places:
                    self._runs = False
                    return
            for place in places:
                place.renew()


RENEWING = Renewing()


class Place:
    """One of the places of a client, over all workers that share `store`."""

    def __init__(
        self, store: Store, client: str, keep: "Callable[[Place], None]" = lambda it: RENEWING.add(it)
    ) -> None:
        """Take a place, and let `keep` renew it. Raises an `ApiError` where the client has none left."""
        self._store = store
        self._lock = threading.Lock()
        self._owner = uuid.uuid4().hex
        keys = (f"export:{client}:{number}" for number in range(AT_ONCE))
        key = next((it for it in keys if store.add(it, self._owner, HELD)), None)
        if key is None:
            message = f"Only {AT_ONCE} exports at once"
            raise ApiError(message, code="RATE_LIMITED", status=429, retry_after=HELD)
        self._key: str | None = key
        keep(self)

    @property
    def is_held(self) -> bool:
        """Whether it has not been given back."""
        return self._key is not None

    def renew(self) -> None:
        """Keep the place for some time more, unless another file has it by now."""
        with self._lock:
            key = self._key
            if key is not None and self._store.get(key, str) in (None, self._owner):
                self._store.set(key, self._owner, HELD)

    def free(self) -> None:
        """Give the place back, once."""
        with self._lock:
            key, self._key = self._key, None
            if key is not None and self._store.get(key, str) == self._owner:
                self._store.delete(key)
