"""Answers with 304 to a repeated head, which stay the same as long as the seconds in their headers do."""

from typing import NamedTuple

from engine.cache import Answer
from engine.web.responses import NOT_MODIFIED, ConstantHeaders, Reply


class _Said(NamedTuple):
    """All that the headers of a 304 say of an answer: it is not kept itself, since it is large."""

    tag: str
    negotiable: bool
    forwarded: bool
    lifetime: int
    left: int
    age: int
    stale: bool

    @classmethod
    def of(cls, answer: Answer, now: float) -> "_Said":
        age = answer.age(now)
        return cls(
            answer.tag,
            answer.negotiable,
            answer.forwarded,
            int(answer.lifetime),
            int(answer.lifetime - age),
            int(age),
            answer.stale_at(age),
        )


class NotModified:
    """Keeps the last reply to one head, if it is a 304 that changes once a second."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: tuple[_Said, Reply] | None = None

    def find(self, answer: Answer, now: float) -> Reply | None:
        """Return the reply that was kept, if it is the one to the head for this `answer` at `now`."""
        kept = self._kept
        return kept[1] if kept is not None and kept[0] == _Said.of(answer, now) else None

    def keep(self, answer: Answer, now: float, reply: Reply) -> Reply:
        """Keep a complete reply but for its quota, and return it with its headers written."""
        if reply.status != NOT_MODIFIED or answer.table is not None:
            return reply
        if written := ConstantHeaders.of(reply.headers).text:
            reply = reply._replace(headers=[], written=written)
            self._kept = _Said.of(answer, now), reply
        return reply
