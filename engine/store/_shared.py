"""What is asked of the cache that all workers share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import redis
from cachelib.base import BaseCache
from cachelib.redis_base import BaseRedisCache

from engine.store._reading import FAILURES, Unreadable, dumps, loads

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


class Shared(Protocol):
    """The cache behind a store. What it holds may be `Unreadable`, which is raised."""

    def read(self, key: str) -> Found[Any] | None:
        """The value, `None` where there is none."""

    def read_all(self, keys: list[str]) -> list[object]:
        """The value of each, `None` where there is none or it cannot be read."""

    def write(self, key: str, value: object, seconds: int) -> None:
        """Keep a value for so long."""

    def add(self, key: str, value: object, seconds: int) -> bool:
        """Keep a value unless there is one; whether it was kept."""

    def count(self, key: str) -> int:
        """One more than the last time."""

    def forget(self, key: str) -> None:
        """Keep nothing, whatever it is."""


def shared(cache: BaseCache) -> Shared:
    """The cache as a store uses it."""
    return InRedis(cache) if isinstance(cache, BaseRedisCache) else Elsewhere(cache)


class InRedis:
    """Redis, in one round trip for each question. Raises `redis.RedisError` too."""

    def __init__(self, cache: BaseRedisCache) -> None:
        self._client = cache._write_client
        self._prefix = cache._get_prefix()

    def read(self, key: str) -> Found[Any] | None:
        """The value, and how long it is still kept. One that never ends is not ours."""
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
        return Found(loads(data), left / 1000)

    def read_all(self, keys: list[str]) -> list[object]:
        """The values of all keys at once: Redis itself leaves out what is no text."""
        with _in_its_words():
            found = self._client.mget([self._prefix + key for key in keys])
        return [None if data is None else _or_none(data) for data in found]

    def write(self, key: str, value: object, seconds: int) -> None:
        """Replace whatever there is."""
        data = dumps(value)
        with _in_its_words():
            self._client.set(self._prefix + key, data, ex=seconds)

    def add(self, key: str, value: object, seconds: int) -> bool:
        """Keep a value unless there is one of its kind, kept no longer than such a one can be."""
        data = dumps(value)
        for _ in range(2):
            with _in_its_words():
                if self._client.set(self._prefix + key, data, ex=seconds, nx=True):
                    return True
            try:
                found = self.read(key)
            except Unreadable:
                found = Found(None, None)
            if (
                found is not None
                and type(found.value) is type(value)
                and (found.left or 0) <= seconds + SLACK
            ):
                return False
            if found is not None:
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


class Elsewhere:
    """Any other cache."""

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache

    def read(self, key: str) -> Found[Any] | None:
        """The value; nobody counts how long it is kept."""
        value = _read(lambda: self._cache.get(key))
        return None if value is None else Found(value, None)

    def read_all(self, keys: list[str]) -> list[object]:
        """One after the other."""
        return [self._cache.get(key) for key in keys]

    def write(self, key: str, value: object, seconds: int) -> None:
        """Replace whatever there is."""
        self._cache.set(key, value, timeout=seconds)

    def add(self, key: str, value: object, seconds: int) -> bool:
        """As the cache does it."""
        return bool(self._cache.add(key, value, timeout=seconds))

    def count(self, key: str) -> int:
        """As the cache does it."""
        return self._cache.inc(key) or 0

    def forget(self, key: str) -> None:
        """As the cache does it."""
        self._cache.delete(key)


@contextmanager
def _in_its_words() -> Iterator[None]:
    """Let what does not speak as Redis does fail as Redis does."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        raise redis.InvalidResponse(type(error).__name__) from error


def _read(read: Callable[[], object]) -> object:
    try:
        return read()
    except FAILURES as error:
        raise Unreadable(type(error).__name__) from error


def _or_none(data: bytes) -> object:
    try:
        return loads(data)
    except Unreadable:
        return None


def is_of_another_kind(error: object) -> bool:
    """Whether Redis says that a key holds something else than it was asked for."""
    return isinstance(error, redis.ResponseError) and any(words in str(error) for words in WRONG_KIND)


def _understood(error: Exception) -> Exception:
    return Unreadable("another kind of value") if is_of_another_kind(error) else error
