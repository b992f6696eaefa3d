"""What is found in Redis, and what is raised where it cannot be asked. Neither needs its client."""

from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")


class Found(NamedTuple, Generic[V]):
    """A value, and the seconds until it expires for all workers, `None` if they are unknown.

    `age` is the seconds since it was stored in this worker's memory, of a value that comes from there.
    """

    value: V
    left: float | None
    age: float | None = None


class RedisFailed(Exception):
    """Redis did not do what it was asked. `cause` is the `redis.RedisError`."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause
