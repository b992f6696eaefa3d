"""Places such as open streams, counted by owner over all workers. Places of dead workers expire."""

import time
import uuid
from collections import Counter
from contextlib import suppress

import redis

from engine.store import ThrottledWarnings
from engine.store._shared import is_wrong_type
from engine.store.connecting import connect
from engine.store.sequence import _scripts

ALIVE = 3_000
"""Milliseconds without a heartbeat after which a worker counts as dead."""
KEPT = 2 * 86_400_000
"""Lifetime of a count in milliseconds."""


class SharedPlaces:
    """Counts places in Redis, or in this worker while Redis is unavailable. `beat` must be called often."""

    def __init__(self, url: str, prefix: str, *, seconds: float) -> None:
        self._prefix = f"{prefix}{{places}}:"
        self._workers = f"{self._prefix}workers"
        self._worker = uuid.uuid4().hex
        self._local_counts: Counter[str] = Counter()
        self._registered = False
        self._warnings = ThrottledWarnings(time.monotonic)
        self._client = connect(url, seconds)
        self._beat = self._client.register_script(_scripts.BEAT)
        self._take = self._client.register_script(_scripts.TAKE)
        self._write = self._client.register_script(_scripts.WRITE)

    def taken(self, owner: str) -> int:
        """Return how many places an owner has."""
        return self._count(owner, 0, 0)

    def take(self, owner: str, most: int) -> bool:
        """Take a place, unless the owner has `most`, and return whether it is taken."""
        if self._count(owner, most, KEPT) >= most:
            return False
        self._local_counts[owner] += 1
        return True

    def release(self, owner: str) -> None:
        """Give a place back."""
        self._local_counts[owner] -= 1
        if not self._local_counts[owner]:
            del self._local_counts[owner]
        try:
            self._client.hincrby(self._prefix + owner, self._worker, -1)
        except redis.RedisError as error:
            self._failed(error)

    def beat(self) -> None:
        """Send this worker's heartbeat. Write its places again if Redis may have lost them."""
        try:
            if self._beat(keys=[self._workers], args=[self._worker, ALIVE]) or not self._registered:
                self._register()
        except redis.RedisError as error:
            self._failed(error)

    def end(self) -> None:
        """Give all places of this worker back at once."""
        try:
            self._client.zrem(self._workers, self._worker)
        except redis.RedisError as error:
            self._failed(error)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _register(self) -> None:
        """Write the places of this worker under a new name, so that counts under the old name expire."""
        before, self._worker = self._worker, uuid.uuid4().hex
        counts = {self._prefix + owner: count for owner, count in self._local_counts.items()}
        self._write(keys=[self._workers, *counts], args=[before, self._worker, KEPT, *counts.values()])
        self._beat(keys=[self._workers], args=[self._worker, ALIVE])
        self._registered = True

    def _count(self, owner: str, most: int, kept: int) -> int:
        if not self._registered:
            return self._local_counts[owner]
        try:
            found = self._take(keys=[self._workers, self._prefix + owner], args=[self._worker, most, kept])
        except redis.RedisError as error:
            self._failed(error, self._prefix + owner)
            return self._local_counts[owner]
        return int(found)

    def _failed(self, error: Exception, *keys: str) -> None:
        """Count in this worker alone from now on, until Redis answers."""
        self._registered = False
        self._warnings.warn("places", error)
        if is_wrong_type(error):
            with suppress(redis.RedisError):
                self._client.delete(self._workers, *keys)
