"""Count quotas and budgets in Redis. A value that is not a number counts as 0.

After a failure nothing is counted for a moment: callers count alone meanwhile, instead of waiting for Redis.
"""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import redis
from limits.errors import StorageError
from limits.storage import RedisStorage, Storage

from engine.store import ThrottledWarnings, Unreadable, is_wrong_type
from engine.store._outage import Outage
from engine.store.connecting import BROKEN, connect

T = TypeVar("T")

NUMBER = re.compile(rb"\d{1,18}").fullmatch
MAX_COUNT = 10**18
"""Counters never reach this number."""


class Counters(RedisStorage):
    """The Redis storage of limits, which also removes values that are not counts.

    Its failures are `StorageError`, except those of `get_many`.
    """

    def __init__(self, url: str, seconds: float) -> None:
        self._warnings = ThrottledWarnings(time.monotonic)
        self._outage = Outage(time.monotonic, "counting in this worker alone")
        super(RedisStorage, self).__init__(url, wrap_exceptions=True)
        self.key_prefix = self.PREFIX
        self.storage = connect(url, seconds)
        self.initialize_storage(url)

    @property
    def base_exceptions(self) -> type[Exception]:
        """The exceptions that are wrapped."""
        return redis.RedisError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in a fixed window."""
        return self._without_invalid(lambda: _checked(super(Counters, self).incr(key, expiry, amount)), key)

    def get(self, key: str) -> int:
        """Return the count of a fixed window."""
        return self._without_invalid(lambda: _checked(super(Counters, self).get(key)), key)

    def get_expiry(self, key: str) -> float:
        """Return when (Unix seconds) a fixed window ends."""
        return self._guarded(lambda: super(Counters, self).get_expiry(key))

    def get_many(self, keys: Sequence[str]) -> list[int]:
        """Return the counts of fixed windows in one round trip. Raises `redis.RedisError`."""
        redis: Any = self.get_connection(True)
        found = redis.mget([self.prefixed_key(key) for key in keys])
        return [0 if count is None or not NUMBER(count) else int(count) for count in found]

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count in a sliding window unless that exceeds `limit`, and return whether it was counted."""
        return self._without_invalid(
            lambda: super(Counters, self).acquire_sliding_window_entry(key, limit, expiry, amount),
            self._previous_window_key(key),
            self._current_window_key(key),
        )

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return the counts of a sliding window. A counter with too long a lifetime is reset."""
        window = self._without_invalid(
            lambda: super(Counters, self).get_sliding_window(key, expiry),
            self._previous_window_key(key),
            self._current_window_key(key),
        )
        before, before_left, count, left = window
        if (before and before_left > expiry + 1) or (count and not 0 < left <= 2 * expiry + 1):
            self.clear_sliding_window(key, expiry)
        return window

    def _without_invalid(self, count: Callable[[], T], *keys: str) -> T:
        def counted() -> T:
            try:
                return count()
            except (redis.ResponseError, StorageError, ValueError) as error:
                if not _is_invalid_value(error):
                    raise
                self._warnings.warn(keys[-1].partition("/")[0].strip("{}"), Unreadable("not a number"))
            for key in keys:
                self.clear(key)
            return count()

        return self._guarded(counted)

    def _guarded(self, step: Callable[[], T]) -> T:
        """Return the result of a step, unless Redis has just failed."""
        if not self._outage.may_try():
            raise redis.ConnectionError("not asked so soon after a failure")
        try:
            result = step()
        except (redis.RedisError, StorageError) as error:
            self._outage.begin(error.storage_error if isinstance(error, StorageError) else error)
            raise
        except BROKEN as error:
            self._outage.begin(error)
            raise redis.InvalidResponse(type(error).__name__) from error
        self._outage.end()
        return result


def _checked(count: int) -> int:
    """Return the count. Raises `ValueError` if it is impossible."""
    if not 0 <= count < MAX_COUNT:
        raise ValueError("impossible count")
    return count


def _is_invalid_value(error: Exception) -> bool:
    """Return whether the counter has an invalid value, as opposed to a failure of Redis."""
    cause = error.storage_error if isinstance(error, StorageError) else error
    return isinstance(cause, ValueError) or is_wrong_type(cause)


def get_counts(storage: Storage, keys: Sequence[str]) -> list[int]:
    """Return the counts of fixed windows."""
    return storage.get_many(keys) if isinstance(storage, Counters) else [storage.get(key) for key in keys]
