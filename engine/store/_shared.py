"""The commands that a store sends to Redis, which all workers share."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import redis
from cachelib.redis_base import BaseRedisCache

from engine.store._codec import Unreadable, decode, encode
from engine.store._found import Found, RedisFailed
from engine.store._throttled_warnings import ThrottledWarnings
from engine.store.connecting import BROKEN
from engine.store.key_prefix import name_of

EXTRA_SECONDS = 60.0
"""Seconds by which another worker may keep a value longer than this one."""
NO_SUCH_KEY, NO_EXPIRY = -2, -1
"""Replies of Redis to PTTL for a missing key, and for a key that never expires."""
READ = "return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}"
"""A value and its time left, in one step."""
WRONG_TYPE = ("WRONGTYPE", "value is not an integer", "would overflow")
"""Parts of Redis's error messages for a value of the wrong type."""


class SharedValues:
    """Reads and writes values in Redis, in one round trip for each command. Raises `RedisFailed`."""

    def __init__(self, cache: BaseRedisCache, warnings: ThrottledWarnings) -> None:
        self._warnings = warnings
        self._client = cache._write_client
        self._read = self._client.register_script(READ)
        self._name = partial(name_of, cache._get_prefix())

    def read(self, key: str, kind: Any) -> Found[Any] | None:
        """Return the value and its remaining time. A value that never expires is unreadable."""
        try:
            with _failing():
                data, left = self._read(keys=[self._name(key)])
        except RedisFailed as error:
            raise _translated(error) from error.cause
        if data is None or left == NO_SUCH_KEY:
            return None
        if left == NO_EXPIRY:
            raise Unreadable("no expiry")
        return Found(decode(data, kind), left / 1000)

    def read_all(self, kinds: Mapping[str, Any]) -> dict[str, Any]:
        """Return the readable values in one round trip, and log the others.

        Redis itself leaves out values that are not strings.
        """
        with _failing():
            found = self._client.mget([self._name(key) for key in kinds])
            texts = [*zip(kinds.items(), found, strict=True)]
        values = {}
        for (key, kind), data in texts:
            if data is not None:
                try:
                    values[key] = decode(data, kind)
                except Unreadable as error:
                    self._warnings.warn(key, error)
        return values

    def write(self, key: str, value: object, seconds: int) -> None:
        """Replace the value."""
        data = encode(value)
        with _failing():
            self._client.set(self._name(key), data, ex=seconds)

    def add(self, key: str, value: object, seconds: int) -> bool:
        """Store a value, unless the key has one of its type with a plausible lifetime."""
        data = encode(value)
        for _ in range(2):
            with _failing():
                if self._client.set(self._name(key), data, ex=seconds, nx=True):
                    return True
            try:
                found = self.read(key, type(value))
            except Unreadable:
                self.delete(key)
                continue
            if found is None:
                continue
            if (found.left or 0) <= seconds + EXTRA_SECONDS:
                return False
            self.delete(key)
        return False

    def check_writes(self, key: str) -> None:
        """Raise `RedisFailed` unless Redis takes writes. The value of the key stays as it is."""
        try:
            with _failing():
                self._client.setrange(self._name(key), 0, b"")  # nothing is written, but that is tried
        except RedisFailed as error:
            if not is_wrong_type(error.cause):
                raise

    def increment(self, key: str) -> int:
        """Increment a counter, and return its new value."""
        try:
            with _failing():
                count = int(self._client.incr(self._name(key)))
        except RedisFailed as error:
            raise _translated(error) from error.cause
        if count < 1:
            raise Unreadable("count below 1")
        return count

    def delete(self, key: str) -> None:
        """Delete the key."""
        with _failing():
            self._client.delete(self._name(key))

    def remove(self, key: str, error: Unreadable) -> None:
        """Delete an unreadable value if Redis can be asked, and log why."""
        self._warnings.warn(key, error)
        with suppress(RedisFailed):
            self.delete(key)


@contextmanager
def _failing() -> Iterator[None]:
    """Raise `RedisFailed` for failures of Redis, and for replies that break its protocol."""
    try:
        yield
    except redis.RedisError as error:
        raise RedisFailed(error) from error
    except BROKEN as error:
        raise RedisFailed(redis.InvalidResponse(type(error).__name__)) from error


def is_wrong_type(error: object) -> bool:
    """Return whether Redis reports that a key has a value of the wrong type."""
    return isinstance(error, redis.ResponseError) and any(words in str(error) for words in WRONG_TYPE)


def _translated(error: RedisFailed) -> Exception:
    return Unreadable("wrong type") if is_wrong_type(error.cause) else error
