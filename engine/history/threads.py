"""The threads for work on a database, beside the event loop, for a limited time: the database may hang."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from engine.concurrency.offload import Offload
from engine.history.availability import Availability
from engine.history.errors import ArchiveUnreachable, Busy, NotTheWriter

T = TypeVar("T")
THREADS = 2
"""How many there are, and so connections at most."""
PATIENCE = 8.0
"""Seconds for which a writer waits for another one."""


class Threads:
    """Runs work while the database is available, and notes whether it is.

    Every method may raise an `ArchiveError`.
    """

    def __init__(self, availability: Availability) -> None:
        self._availability = availability
        self._offload = Offload(THREADS)
        self._turn = threading.Lock()  # it is held while the database is waited for

    def run(self, work: Callable[[], T], within: float) -> T:
        """Return what `work` returns, or give it up after `within` seconds."""

        def begun() -> T:
            self._availability.require()  # other work may have shown meanwhile that there is no answer
            return work()

        try:
            done = self.beside(begun, within)
        except ArchiveUnreachable as error:
            self._availability.lost(error)
            raise
        self._availability.worked()
        return done

    def write(self, work: Callable[[], T], within: float) -> T:
        """Do the same with work that writes, one after the other.

        Writers wait for those of other programs. One of the threads does, so that another one can read.
        """
        if not self._turn.acquire(timeout=PATIENCE):
            raise ArchiveUnreachable("other writers of this process wait as well")
        try:
            self._availability.require()  # those before may have shown meanwhile that there is no answer
            done = self.run(work, within)
        except Busy as error:
            self._availability.held_up(error)
            raise
        except NotTheWriter:  # it could have written
            self._availability.wrote()
            raise
        finally:
            self._turn.release()
            time.sleep(0)  # those who wait have their turn before this one writes again
        self._availability.wrote()
        return done

    def beside(self, work: Callable[[], T], within: float | None = None) -> T:
        """Run work whether the database is available or not."""
        try:
            return self._offload(work, within=within)
        except TimeoutError:
            raise ArchiveUnreachable("the database does not answer in time") from None
