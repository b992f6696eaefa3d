"""Count quotas and budgets in Redis. A value that is not a number counts as 0.

After a failure nothing is counted for a moment: callers count alone meanwhile, instead of waiting for Redis.
"""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import redis
from limits.errors import StorageError
from limits.storage import RedisStorage

from engine.store import ThrottledWarnings, Unreadable
from engine.store._outage import Outage
from engine.store._shared import is_wrong_type
from engine.store.connecting import BROKEN, connect
from engine.store.counts import Window

T = TypeVar("T")

NUMBER = re.compile(rb"\d{1,18}").fullmatch
MAX_COUNT = 10**18
"""Counters never reach this number."""

SPEND = """
local limit, expiry, amount = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000, tonumber(ARGV[3])
local left = redis.call('PTTL', KEYS[2])
if left > 0 and left < expiry then
  redis.call('RENAME', KEYS[2], KEYS[1])
  left = left + expiry
  redis.call('SET', KEYS[2], 0, 'PX', left)
end
local before, before_left = redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])
local count = redis.call('GET', KEYS[2])
local faded = math.floor((tonumber(before) or 0) * math.max(0, before_left) / expiry)
local allowed = faded + (tonumber(count) or 0) + amount <= limit
if allowed and count then
  count = redis.call('INCRBY', KEYS[2], amount)
elseif allowed then
  count, left = amount, expiry * 2
  redis.call('SET', KEYS[2], count, 'PX', left)
end
return {allowed and 1 or 0, before, before_left, count, left}
"""
"""Count in a sliding window as `limits` does, and return its counts, in one round trip instead of two."""


class Counters(RedisStorage):
    """The Redis storage of limits, which also removes values that are not counts.

    Its failures are `StorageError`.
    """

    def __init__(self, url: str, seconds: float) -> None:
        self._warnings = ThrottledWarnings(time.monotonic)
        self.outage = Outage(time.monotonic, "counting in this worker alone")
        super(RedisStorage, self).__init__(url, wrap_exceptions=True)
        self.key_prefix = self.PREFIX
        self.storage = connect(url, seconds)
        self.initialize_storage(url)
        self._spend = self.storage.register_script(SPEND)

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

    def retry(self) -> None:
        """Find out whether an outage is over, if it is time to try."""
        if self.outage.lost:
            with suppress(redis.RedisError, StorageError):
                self._guarded(lambda: self.storage.exists(self.prefixed_key("check")))

    def get_many(self, keys: Sequence[str]) -> list[int]:
        """Return the counts of fixed windows in one round trip."""
        client: Any = self.get_connection(True)
        try:
            found = client.mget([self.prefixed_key(key) for key in keys])
        except redis.RedisError as error:
            raise StorageError(error) from error
        return [0 if count is None or not NUMBER(count) else int(count) for count in found]

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count in a sliding window unless that exceeds `limit`, and return whether it was counted."""
        return self._without_invalid(
            lambda: super(Counters, self).acquire_sliding_window_entry(key, limit, expiry, amount),
            self._previous_window_key(key),
            self._current_window_key(key),
        )

    def get_sliding_window(self, key: str, expiry: int) -> Window:
        """Return the counts of a sliding window. A counter with too long a lifetime is reset."""
        window = self._without_invalid(
            lambda: super(Counters, self).get_sliding_window(key, expiry),
            self._previous_window_key(key),
            self._current_window_key(key),
        )
        return self._reset_if_endless(key, expiry, window)

    def spend(self, key: str, limit: int, expiry: int, amount: int = 1) -> tuple[bool, Window]:
        """Count in a sliding window unless that exceeds `limit`. Return whether it was, and the counts."""
        keys = self._previous_window_key(key), self._current_window_key(key)

        def counted() -> tuple[bool, Window]:
            found = self._spend([self.prefixed_key(each) for each in keys], [limit, expiry, amount])
            allowed, before, before_left, count, left = (int(each or 0) for each in found)
            return bool(allowed), (before, max(0, before_left) / 1000, count, max(0, left) / 1000)

        try:
            allowed, window = self._without_invalid(counted, *keys)
        except redis.RedisError as error:
            raise StorageError(error) from error
        return allowed, self._reset_if_endless(key, expiry, window)

    def _reset_if_endless(self, key: str, expiry: int, window: Window) -> Window:
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
        tries = self.outage.lost
        if not self.outage.may_try():
            raise redis.ConnectionError("not asked so soon after a failure")
        try:
            if tries and self.outage.refuses_writes:
                self.storage.setrange(self.prefixed_key("check"), 0, b"")  # writes nothing, but that is tried
            result = step()
        except (redis.RedisError, StorageError) as error:
            self.outage.begin(error.storage_error if isinstance(error, StorageError) else error)
            raise
        except BROKEN as error:
            self.outage.begin(error)
            raise redis.InvalidResponse(type(error).__name__) from error
        if tries:
            self.outage.end()
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
