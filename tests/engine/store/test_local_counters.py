"""Counters in memory."""

from collections.abc import Callable

from engine.store.local_counters import LocalCounters
from tests.waiting import eventually


class Read(float):
    """An expiration that does something when the cleanup reads it."""

    meanwhile: Callable[[], object]

    def __le__(self, now: float) -> bool:
        self.meanwhile()
        return super().__le__(now)


def test_the_cleanup_survives_a_counter_that_is_removed_meanwhile() -> None:
    """The other expired counters are dropped all the same."""
    counters = LocalCounters()
    counters.timer.join()
    first = Read(1.0)
    first.meanwhile = lambda: counters.expirations.pop("removed", None)
    counters.storage.update(first=1, removed=1, expired=1)
    counters.expirations.update(first=first, removed=1.0, expired=1.0)

    counters.incr("counted", 60)
    eventually(lambda: "expired" not in counters.storage)

    assert counters.get("counted") == 1
