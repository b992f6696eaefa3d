"""Ask Redis while it is available, and this worker's memory while it is not."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from engine.store._codec import Unreadable
from engine.store._found import RedisFailed
from engine.store._outage import Outage

if TYPE_CHECKING:
    from engine.store._shared import SharedValues

T = TypeVar("T")


@runtime_checkable
class Counting(Protocol):
    """Something that counts in the same Redis, over connections of its own."""

    outage: Outage

    def retry(self) -> None:
        """Find out whether an outage is over, if it is time to try."""


class GuardedRedis:
    """Sends commands to `shared`, and notes in `outage` whether Redis is available."""

    def __init__(self, shared: "SharedValues", outage: Outage) -> None:
        self._shared = shared
        self._outage = outage
        self._refused = ""

    def query(
        self,
        key: str,
        command: Callable[["SharedValues"], T],
        locally: Callable[[str], T],
        otherwise: Callable[[], T] | None = None,
    ) -> T:
        """Run `command` on Redis, or `locally` on this worker's memory while Redis is unavailable.

        An unreadable value under `key` is removed. Then `otherwise` runs instead, by default `locally`.
        """
        tries = self._outage.lost
        if not self._outage.may_try():
            return locally(key)
        try:
            if tries and self._outage.refuses_writes:
                self._shared.check_writes(self._refused)
            answer = command(self._shared)
        except Unreadable as error:
            self._shared.remove(key, error)
            self._end(tries)
            return locally(key) if otherwise is None else otherwise()
        except RedisFailed as error:
            if not self._outage.refuses_writes:
                self._refused = key
            self._outage.begin(error.cause)
            return locally(key)
        self._end(tries)
        return answer

    def _end(self, tries: bool) -> None:
        """End an outage after a try: what began before it says nothing about it."""
        if tries:
            self._outage.end()
