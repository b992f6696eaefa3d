"""The questions that a store asks Redis, which all workers share."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, TypeVar

import redis
from cachelib.redis_base import BaseRedisCache

from engine.store._codec import Unreadable, decode, encode
from engine.store._complaints import Complaints

V = TypeVar("V")

SLACK = 60.0
"""Seconds that somebody may have kept a value for longer than it is kept here."""
NO_SUCH_KEY, NO_END = -2, -1
"""What Redis says of the time of a key that does not exist, and of one that is kept for ever."""
WRONG_KIND = ("WRONGTYPE", "value is not an integer", "would overflow")
"""How Redis's own words tell that a key holds something else than was asked for."""


class Found(NamedTuple, Generic[V]):
    """A value, and the seconds after which Redis forgets it; `None` where nobody counts them."""

    value: V
    left: float | None


class Shared:
    """Redis, in one round trip for each question. Raises `redis.RedisError` too."""

    def __init__(self, cache: BaseRedisCache, complaints: Complaints) -> None:
        self._complaints = complaints
        self._client = cache._write_client
        self._prefix = cache._get_prefix()

    def read(self, key: str, kind: Any) -> Found[Any] | None:
        """The value of a `kind`, and how long it is still kept. One that never ends is not ours."""
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
        """The value of each key that has one of its kind, all at once; what cannot be read is logged.

        Redis itself leaves out what is no text.
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
        """Replace whatever there is."""
        data = encode(value)
        with _in_its_words():
            self._client.set(self._prefix + key, data, ex=seconds)

    def add(self, key: str, value: object, seconds: int) -> bool:
        """Keep a value unless there is one of its kind, kept no longer than such a one can be."""
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
        """Redis's own counting."""
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
    """Let what does not speak as Redis does fail as Redis does."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        raise redis.InvalidResponse(type(error).__name__) from error


def is_of_another_kind(error: object) -> bool:
    """Whether Redis says that a key holds something else than it was asked for."""
    return isinstance(error, redis.ResponseError) and any(words in str(error) for words in WRONG_KIND)


def _understood(error: Exception) -> Exception:
    return Unreadable("another kind of value") if is_of_another_kind(error) else error
