"""Ready answers: the bytes that go out, cut where their age is written in. A hit serialises nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Answer:
    """JSON before and after the part of `meta` that depends on the moment.

    `made` is when its data arrived (Unix seconds), `lifetime` how many seconds it is fresh.
    """

    head: bytes
    tail: bytes
    made: float
    lifetime: float

    @classmethod
    def of(
        cls, body: Mapping[str, object], meta: Mapping[str, object], made: float, lifetime: float
    ) -> "Answer":
        """The answer with `body` and, as its last member, `meta`."""
        head = orjson.dumps({"success": True, **body})[:-1] + b',"meta":{"stale":'
        tail = (b"," if meta else b"") + orjson.dumps(meta)[1:] + b"}"
        return cls(head, tail, made, lifetime)

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory."""
        return len(self.head) + len(self.tail)

    def age(self, now: float) -> float:
        """Seconds since its data arrived."""
        return max(0.0, now - self.made)

    def stale(self, now: float) -> bool:
        """Whether it has outlived its lifetime."""
        return self.age(now) >= self.lifetime

    def body(self, now: float) -> bytes:
        """The bytes to send at `now`."""
        stale = b"true" if self.stale(now) else b"false"
        return b'%b%b,"ageSeconds":%.1f%b' % (self.head, stale, self.age(now), self.tail)
