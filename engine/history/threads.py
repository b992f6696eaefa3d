"""Run work on a database in threads beside the event loop, with time limits: the database may hang."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from engine.concurrency.locks import Lock
from engine.concurrency.offload import Offload
from engine.history.availability import Availability
from engine.history.errors import ArchiveFull, ArchiveUnreachable, Busy, NotTheWriter, WrongRelease

THREADS = 2
"""Number of threads, which is the maximum of connections."""
PATIENCE = 8.0
"""Seconds that a writer waits for another one."""
OPENED_WITHIN = 20.0
"""Seconds for the first call, which also imports the libraries and opens the database."""
CLOSED_WITHIN = 3.0
"""Seconds to wait for the connections to close at the end."""


class Closing(Protocol):
    """A storage with connections."""

    def close(self) -> None:
        """Close the connections."""


T = TypeVar("T")
S = TypeVar("S", bound=Closing)


class Threads(Generic[S]):
    """Runs work on a storage, which the first call opens, and notes whether the database is available.

    Every method may raise an `ArchiveError`.
    """

    def __init__(self, availability: Availability, open_storage: Callable[[], S]) -> None:
        self._availability = availability
        self._open = open_storage
        self._storage: S | None = None
        self._opening = Lock()
        self._offload = Offload(THREADS)
        self._turn = threading.Lock()  # it is held during waits for the database

    @property
    def is_open(self) -> bool:
        """Whether the storage is open."""
        return self._storage is not None

    def run(self, work: Callable[[S], T], within: float) -> T:
        """Return the result of `work`, or give up after `within` seconds."""

        def begun() -> T:
            self._availability.require()  # other work may have failed meanwhile
            return work(self._opened())

        self._availability.require()
        try:
            done = self.beside(begun, within if self.is_open else OPENED_WITHIN)
        except ArchiveUnreachable as error:
            self._availability.lost(error)
            raise
        except ArchiveFull as error:  # opening may need room too
            self._availability.filled_up(error)
            raise
        except WrongRelease as error:
            self._availability.end(error)
            raise
        self._availability.worked()
        return done

    def write(self, work: Callable[[S], T], within: float) -> T:
        """Do the same with work that writes. Writers of this process run one after the other.

        A writer waits for those of other programs. Only one thread waits so, and the others can read.
        """
        self._availability.require()
        if not self._turn.acquire(timeout=PATIENCE):
            raise ArchiveUnreachable("other writers of this process wait as well")
        try:
            done = self.run(work, within)
        except Busy as error:
            self._availability.held_up(error)
            raise
        except NotTheWriter:  # no other program prevented it
            self._availability.wrote()
            raise
        finally:
            self._turn.release()
            time.sleep(0)  # lets waiting writers go first
        self._availability.wrote()
        return done

    def change(self, work: Callable[[S], T], within: float) -> T:
        """Do the same with work that needs room, and note that there was room."""
        done = self.write(work, within)
        self._availability.has_room()
        return done

    def beside(self, work: Callable[[], T], within: float | None = None) -> T:
        """Run work without the storage, whether the database is available or not."""
        try:
            return self._offload(work, within=within)
        except TimeoutError:
            raise ArchiveUnreachable("the database does not answer in time") from None

    def stop(self) -> None:
        """Close the connections."""
        if self._storage is not None:
            with suppress(ArchiveUnreachable):
                self.beside(self._storage.close, CLOSED_WITHIN)

    def _opened(self) -> S:
        with self._opening:
            if self._storage is None:
                self._storage = self._open()
            return self._storage
