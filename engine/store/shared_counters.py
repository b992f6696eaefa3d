"""Counters of quotas and budgets in Redis; values that are no numbers count as 0."""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import redis
from limits.errors import StorageError
from limits.storage import RedisStorage, Storage

from engine.store import Complaints, Unreadable, is_of_another_kind

T = TypeVar("T")

SCHEME = "counters+"
"""The prefix of a Redis URL that selects this storage."""

NUMBER = re.compile(rb"\d{1,18}").fullmatch
MOST = 10**18
"""Counters never reach this number."""


class Counters(RedisStorage):
    """limits' Redis storage, which removes values that cannot be counted."""

    STORAGE_SCHEME = [f"{SCHEME}{scheme}" for scheme in ("redis", "rediss", "unix")]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:
        self._complaints = Complaints(time.monotonic)
        super().__init__(uri.removeprefix(SCHEME), wrap_exceptions=wrap_exceptions, **options)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in a fixed window."""
        return self._counted(lambda: _possible(super(Counters, self).incr(key, expiry, amount)), key)

    def get(self, key: str) -> int:
        """Return the count of a fixed window."""
        return self._counted(lambda: _possible(super(Counters, self).get(key)), key)

    def several(self, keys: Sequence[str]) -> list[int]:
        """Return the counts of several fixed windows in one round trip. Raises `redis.RedisError`."""
        redis: Any = self.get_connection(True)
        found = redis.mget([self.prefixed_key(key) for key in keys])
        return [0 if count is None or not NUMBER(count) else int(count) for count in found]

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count in a sliding window, unless it exceeds the limit."""
        return self._counted(
            lambda: super(Counters, self).acquire_sliding_window_entry(key, limit, expiry, amount),
            self._previous_window_key(key),
            self._current_window_key(key),
        )

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return the counts of a sliding window. A counter whose lifetime is too long starts anew."""
        window = self._counted(
            lambda: super(Counters, self).get_sliding_window(key, expiry),
            self._previous_window_key(key),
            self._current_window_key(key),
        )
        before, before_left, count, left = window
        if (before and before_left > expiry + 1) or (count and not 0 < left <= 2 * expiry + 1):
            self.clear_sliding_window(key, expiry)
        return window

    def _counted(self, count: Callable[[], T], *keys: str) -> T:
        try:
            return count()
        except (redis.ResponseError, StorageError, ValueError) as error:
            if not _is_wrong(error):
                raise
            self._complaints.make(keys[-1].strip("{").partition("/")[0], Unreadable("no number"))
        for key in keys:
            self.clear(key)
        return count()


def _possible(count: int) -> int:
    """Return the count. Raises `ValueError` if counting cannot have reached it."""
    if not 0 <= count < MOST:
        raise ValueError("no count")
    return count


def _is_wrong(error: Exception) -> bool:
    """Return whether the counter is wrong, and not Redis."""
    cause = error.storage_error if isinstance(error, StorageError) else error
    return isinstance(cause, ValueError) or is_of_another_kind(cause)


def several(storage: Storage, keys: Sequence[str]) -> list[int]:
    """Return the counts of several windows."""
    return storage.several(keys) if isinstance(storage, Counters) else [storage.get(key) for key in keys]
