"""Answers: the bytes that go out, up to where their age is written. A hit serialises nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import orjson

from engine.cache.entries import Entry
from engine.timestamps import AHEAD

ANSWER_SHARED = 120.0
"""Seconds that an answer stays in Redis. It can be built again from its entries, and a client that asks for
something else each time would fill Redis with a day of answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How old data are: `made` when (Unix seconds), fresh for `lifetime` seconds.

    `times` are when each of their parts was made. `forwarded` says that providers were asked just now.
    """

    made: float
    lifetime: float
    times: tuple[float, ...] = ()
    forwarded: bool = False

    @classmethod
    def of(cls, entries: Iterable[Entry], asked: float) -> "Validity":
        """Return that of data made from `entries`, for a request that came at `asked` (Unix seconds)."""
        parts = list(entries)
        times = tuple(entry.made for entry in parts)
        expires = min(entry.made + entry.lifetime for entry in parts)
        made = min(times)
        asked = int(asked * 1000) / 1000
        return cls(made=made, lifetime=expires - made, times=times, forwarded=made >= asked)

    def age(self, now: float) -> float:
        """Return the seconds since the data were made."""
        return max(0.0, now - self.made)

    def stale(self, now: float) -> bool:
        """Return whether the lifetime is over, or the data claim to be of the future."""
        return not -AHEAD <= now - self.made < self.lifetime

    def stale_at(self, age: float) -> bool:
        """Return whether the lifetime is over at this `age` (seconds)."""
        return age >= self.lifetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Validity):
    """JSON up to the part of `meta` that depends on the moment, which comes last.

    `key` is what it is kept under. `packed` has its compressed bytes by encoding, made when they are needed.
    """

    head: bytes
    tag: str
    key: str = ""
    packed: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def with_body(
        cls, body: Mapping[str, object], meta: Mapping[str, object], validity: Validity
    ) -> "Answer":
        """Return the answer with `body` and, as its last member, `meta`."""
        beginning = orjson.dumps(meta)[:-1] + (b"," if meta else b"")
        head = orjson.dumps({"success": True, **body})[:-1] + b',"meta":' + beginning
        return cls(
            head=head,
            tag=blake2b(head, digest_size=12).hexdigest(),
            made=validity.made,
            lifetime=validity.lifetime,
            times=validity.times,
            forwarded=validity.forwarded,
        )

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory, compressed ones included."""
        return 2 * len(self.head)

    def moved(self, seconds: float, *, due: bool) -> "Answer":
        """Return the same with its time moved, and no longer fresh where it is `due`."""
        return replace(self, made=self.made + seconds, lifetime=0.0 if due else self.lifetime)

    def end(self, now: float) -> bytes:
        """Return what follows the head at `now`."""
        age = self.age(now)
        return b'"stale":%b,"ageSeconds":%.1f}}' % (b"true" if self.stale_at(age) else b"false", age)

    def body(self, now: float) -> bytes:
        """Return the bytes to send at `now`."""
        return self.head + self.end(now)
