"""Ready answers: the bytes that go out, up to where their age is written. A hit serialises nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import orjson

from engine.timestamps import AHEAD

ANSWER_SHARED = 120.0
"""Seconds that an answer stays in Redis. It can be made again from what was received; a client that asks for
something else each time would fill Redis with a day of answers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """JSON up to the part of `meta` that depends on the moment, which comes last.

    `made` is when its data arrived (Unix seconds), `lifetime` how many seconds it is fresh. `key` is what it
    is kept under, `times` are when each of its parts arrived. `forwarded` says that providers were asked for
    it just now. `packed` are its compressed bytes, by encoding, as they are needed.
    """

    head: bytes
    made: float
    lifetime: float
    tag: str
    key: str = ""
    times: tuple[float, ...] = ()
    forwarded: bool = False
    packed: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls, body: Mapping[str, object], meta: Mapping[str, object], made: float, lifetime: float
    ) -> "Answer":
        """The answer with `body` and, as its last member, `meta`."""
        told = orjson.dumps(meta)[:-1] + (b"," if meta else b"")
        head = orjson.dumps({"success": True, **body})[:-1] + b',"meta":' + told
        return cls(head, made, lifetime, blake2b(head, digest_size=12).hexdigest())

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory, packed ones included."""
        return 2 * len(self.head)

    def moved(self, seconds: float, *, due: bool) -> "Answer":
        """The same with its time moved, and no longer fresh where it is `due`."""
        return replace(self, made=self.made + seconds, lifetime=0.0 if due else self.lifetime)

    def age(self, now: float) -> float:
        """Seconds since its data arrived."""
        return max(0.0, now - self.made)

    def stale(self, now: float) -> bool:
        """Whether it has outlived its lifetime, or its data claim to be of the future."""
        return not -AHEAD <= now - self.made < self.lifetime

    def stale_at(self, age: float) -> bool:
        """Whether it has outlived its lifetime at this `age` (seconds)."""
        return age >= self.lifetime

    def end(self, now: float) -> bytes:
        """What follows the head at `now`."""
        age = self.age(now)
        return b'"stale":%b,"ageSeconds":%.1f}}' % (b"true" if self.stale_at(age) else b"false", age)

    def body(self, now: float) -> bytes:
        """The bytes to send at `now`."""
        return self.head + self.end(now)
