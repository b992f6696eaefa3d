"""Answers with 304 to a repeated head, which stay the same as long as the seconds in their headers do."""

from typing import NamedTuple

from engine.cache import Answer
from engine.web.responses import NOT_MODIFIED, ConstantHeaders, Reply


class _Seconds(NamedTuple):
    """What headers say of the age of an answer: its seconds, those that are left, whether it is stale."""

    age: int
    left: int
    stale: bool

    @classmethod
    def of(cls, answer: Answer, now: float) -> "_Seconds":
        age = answer.age(now)
        return cls(int(age), int(answer.lifetime - age), answer.stale_at(age))


class NotModified:
    """Keeps the last reply to one head, if it is a 304 with nothing that changes within a second."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: tuple[Answer, _Seconds, Reply] | None = None

    def find(self, answer: Answer, now: float) -> Reply | None:
        """Return the reply that was kept, if it is the one to this `answer` at `now`."""
        if self._kept is None or self._kept[0] is not answer:
            return None
        return self._kept[2] if self._kept[1] == _Seconds.of(answer, now) else None

    def keep(self, answer: Answer, now: float, reply: Reply) -> Reply:
        """Keep the reply without a quota that is complete otherwise, and return it with its lines written."""
        if reply.status != NOT_MODIFIED or answer.table is not None:
            return reply
        written = ConstantHeaders.of(reply.headers) + reply.constant
        if written.text:
            reply = reply._replace(headers=[], constant=written)
            self._kept = answer, _Seconds.of(answer, now), reply
        return reply
