"""The lease of a job, so that only one of the workers with the same store does it."""

import uuid

from engine.store import Store


class Lease:
    """Held by one worker until it has not been renewed for `seconds`."""

    def __init__(self, store: Store, key: str, seconds: float) -> None:
        self.owner = uuid.uuid4().hex
        self._store = store
        self._key = key
        self._seconds = seconds

    @property
    def is_of_many(self) -> bool:
        """Whether other workers may take it, so that it must be renewed, even after an outage of Redis."""
        return self._store.is_shared or self._store.is_degraded

    def is_mine(self) -> bool:
        """Renew or take the lease, unless another worker holds it."""
        if not self._store.is_shared or self._store.add(self._key, self.owner, self._seconds):
            return True
        if self._store.get(self._key, str) != self.owner:
            return False
        self._store.set(self._key, self.owner, self._seconds)
        return True
