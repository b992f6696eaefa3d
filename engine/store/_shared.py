"""The commands that a store sends to Redis, which all workers share."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, TypeVar

import redis
from cachelib.redis_base import BaseRedisCache

from engine.store._codec import Unreadable, decode, encode
from engine.store._complaints import Complaints

V = TypeVar("V")

SLACK = 60.0
"""How many seconds longer than here another worker may keep a value."""
NO_SUCH_KEY, NO_END = -2, -1
"""How Redis answers for the time of a missing key, and of a key that never expires."""
WRONG_KIND = ("WRONGTYPE", "value is not an integer", "would overflow")
"""Redis's messages for a key with another kind of value."""


class Found(NamedTuple, Generic[V]):
    """A value, and the seconds until Redis drops it; `None` if no time is known."""

    value: V
    left: float | None


class Shared:
    """Redis, in one round trip for each command. Also raises `redis.RedisError`."""

    def __init__(self, cache: BaseRedisCache, complaints: Complaints) -> None:
        self._complaints = complaints
        self._client = cache._write_client
        self._prefix = cache._get_prefix()

    def read(self, key: str, kind: Any) -> Found[Any] | None:
        """Return the value of a `kind` and its remaining time. Values that never expire are not ours."""
        name = self._prefix + key
        with _in_its_words(), self._client.pipeline(transaction=False) as pipe:
            data, left = pipe.get(name).pttl(name).execute(raise_on_error=False)
        for answer in (data, left):
            if isinstance(answer, Exception):
                raise _understood(answer) from answer
        if data is None or left == NO_SUCH_KEY:
            return None
        if left == NO_END:
            raise Unreadable("it has no end")
        return Found(decode(data, kind), left / 1000)

    def read_all(self, kinds: Mapping[str, Any]) -> dict[str, Any]:
        """Return each value of its kind in one round trip, and log unreadable ones.

        Redis itself leaves out values that are not strings.
        """
        with _in_its_words():
            found = self._client.mget([self._prefix + key for key in kinds])
            texts = [*zip(kinds.items(), found, strict=True)]
        values = {}
        for (key, kind), data in texts:
            if data is not None:
                try:
                    values[key] = decode(data, kind)
                except Unreadable as error:
                    self._complaints.make(key, error)
        return values

    def write(self, key: str, value: object, seconds: int) -> None:
        """Replace the value."""
        data = encode(value)
        with _in_its_words():
            self._client.set(self._prefix + key, data, ex=seconds)

    def add(self, key: str, value: object, seconds: int) -> bool:
        """Keep a value, unless there is one of its kind with a possible lifetime."""
        data = encode(value)
        for _ in range(2):
            with _in_its_words():
                if self._client.set(self._prefix + key, data, ex=seconds, nx=True):
                    return True
            try:
                found = self.read(key, type(value))
            except Unreadable:
                self.forget(key)
                continue
            if found is None:
                continue
            if (found.left or 0) <= seconds + SLACK:
                return False
            self.forget(key)
        return False

    def count(self, key: str) -> int:
        """Increase a counter of Redis."""
        try:
            with _in_its_words():
                count = int(self._client.incr(self._prefix + key))
        except redis.ResponseError as error:
            raise _understood(error) from error
        if count < 1:
            raise Unreadable("a count below nothing")
        return count

    def forget(self, key: str) -> None:
        """Delete the key."""
        with _in_its_words():
            self._client.delete(self._prefix + key)


@contextmanager
def _in_its_words() -> Iterator[None]:
    """Raise Redis's errors for answers that break its protocol."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        raise redis.InvalidResponse(type(error).__name__) from error


def is_of_another_kind(error: object) -> bool:
    """Return whether Redis reports another kind of value."""
    return isinstance(error, redis.ResponseError) and any(words in str(error) for words in WRONG_KIND)


def _understood(error: Exception) -> Exception:
    return Unreadable("another kind of value") if is_of_another_kind(error) else error
