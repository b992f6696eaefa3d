"""Lease keys, so that only one worker fetches each of them while that worker is alive."""

import threading
import time
import uuid
from collections.abc import Iterable

from engine.store import Store

LEASE = 2.0
"""Seconds after which another worker takes over from a dead one."""
RENEWAL = 0.5
"""Seconds between two renewals."""


class Leases:
    """Leases the keys that this worker fetches, and renews them until they are released."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owner = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._renewing = False

    def acquire(self, keys: Iterable[str]) -> list[str]:
        """Lease the `keys` that no other worker holds, and return them."""
        if not self._store.is_shared:
            return list(keys)
        taken = [key for key in keys if self._store.add(f"flight:{key}", self._owner, LEASE)]
        with self._lock:
            self._held.update(taken)
            if taken and not self._renewing:
                self._renewing = True
                threading.Thread(target=self._renew, name="leases", daemon=True).start()
        return taken

    def release(self, keys: Iterable[str]) -> None:
        """Release the leases of `keys`."""
        with self._lock:
            held = self._held & set(keys)
            self._held -= held
        for key in held:
            if self._store.get(f"flight:{key}", str) == self._owner:
                self._store.delete(f"flight:{key}")

    def _renew(self) -> None:
        while True:
            time.sleep(RENEWAL)
            with self._lock:
                if not self._held:
                    self._renewing = False
                    return
                held = list(self._held)
            for key in held:
                self._store.set(f"flight:{key}", self._owner, LEASE)
