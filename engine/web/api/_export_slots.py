"""The slots of clients that receive files: how many files one receives at once, from all workers."""

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
"""Seconds until a slot is free whose worker has died, after which refused clients try again."""
RENEWAL = 1.0
"""Seconds between two renewals of the slots of this worker, however slowly their files are sent."""


class Renewals:
    """Renews the slots of this worker in a thread of its own, while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: WeakSet[ExportSlot] = WeakSet()
        self._runs = False

    def add(self, slot: "ExportSlot") -> None:
        """Renew a slot until it is given back."""
        with self._lock:
            self._slots.add(slot)
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, name="export-slots", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(RENEWAL)
            with self._lock:
                slots = [slot for slot in self._slots if slot.is_held]
                if not slots:
                    self._runs = False
                    return
            for slot in slots:
                slot.renew()


RENEWALS = Renewals()


class ExportSlot:
    """One of the slots of a client, over all workers that share `store`."""

    def __init__(
        self, store: Store, client: str, keep: "Callable[[ExportSlot], None]" = lambda it: RENEWALS.add(it)
    ) -> None:
        """Take a slot, and let `keep` renew it. Raises an `ApiError` where the client has none left."""
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
        """Keep the slot for some time more, unless another file has it by now."""
        with self._lock:
            key = self._key
            if key is not None and self._store.get(key, str) in (None, self._owner):
                self._store.set(key, self._owner, HELD)

    def free(self) -> None:
        """Give the slot back, once."""
        with self._lock:
            key, self._key = self._key, None
            if key is not None and self._store.get(key, str) == self._owner:
                self._store.delete(key)
