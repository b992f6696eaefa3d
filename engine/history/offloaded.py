"""Work on a database in threads beside the event loop, for a limited time: the database may hang."""

from collections.abc import Callable
from typing import TypeVar

from engine.concurrency.offload import Offload
from engine.history.availability import Availability
from engine.history.errors import ArchiveUnreachable

T = TypeVar("T")


def offloaded(offload: Offload, availability: Availability, work: Callable[[], T], within: float) -> T:
    """Return what `work` returns. Raises an `ArchiveError`, after `within` seconds at the latest.

    Other work may have shown meanwhile that the database does not answer, so that this one is not begun.
    """

    def begun() -> T:
        availability.require()
        return work()

    try:
        return offload(begun, within=within)
    except TimeoutError:
        raise ArchiveUnreachable("the database does not answer in time") from None
