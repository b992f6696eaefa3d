"""The archive as the rest of the engine uses it.

Its database and codec work runs in a few real threads, so that no greenlet's own thread waits for a disk or
unpacks a page. These threads import the libraries on first use: an idle start stays small.
"""

import logging
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from engine.config import Settings
from engine.history import sqlite_file
from engine.history.availability import Availability, can_be_written
from engine.history.errors import ArchiveOff, Busy, NotTheWriter
from engine.history.series import Cause, Finding, Piece, SeriesKey, SeriesSummary, Sizes
from engine.history.threads import PATIENCE, Threads

if TYPE_CHECKING:
    from engine.history.storage import Storage
    from engine.history.writing import Written

T = TypeVar("T")
FILE = "history.sqlite"
"""The name of the database's file in the data folder."""
TURN = 0.1
READ_WITHIN = 3.0
"""Seconds that a request waits for the database before it asks providers instead."""
DONE_WITHIN = 20.0
"""Seconds until other work is given up, because the database hangs."""
COUNTING, IDLE_COUNTING = 30.0, 300.0
"""Seconds between two counts of the candles: usually, and while this process neither reads nor writes."""

log = logging.getLogger(__name__)


class Archive:
    """Reads and writes series from greenlets. Every method may raise an `ArchiveError`."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._file = os.path.join(settings.data_dir, FILE)
        self._clock = clock
        self._counted = float("-inf")
        self._has_written = False
        self._used: set[SeriesKey] = set()
        self.availability = Availability(enabled=settings.history_enabled)
        self._threads = Threads(self.availability, self._open)
        self.sizes: Sizes | None = None
        """The sizes of the last count, `None` before the first."""

    @property
    def enabled(self) -> bool:
        """Whether the settings ask for a history."""
        return self._settings.history_enabled

    @property
    def usable(self) -> bool:
        """Whether callers may try to use the database now."""
        return self.availability.usable

    @property
    def may_have_something(self) -> bool:
        """Whether there may be candles to read. Without a database there are none, and none is created."""
        return self.usable and (self._threads.is_open or self._is_there())

    def start(self) -> None:
        """Check that the folder can be written. If not, only the history is off."""
        if self.enabled and self._settings.database_url is None:
            folder = self._settings.data_dir
            if not can_be_written(folder):
                self.availability.refuse(ArchiveOff("DATA_DIR cannot be written"))
                log.warning("DATA_DIR %s cannot be written; serving without a history", folder)

    def stop(self) -> None:
        """Close the connections."""
        self._threads.stop()

    def read(self, key: SeriesKey, first: int, until: int, as_of: int | None = None) -> Piece:
        """Return the candles that open in `[first, until)`, and the gaps with their reasons.

        With `as_of` (Unix milliseconds) they are as they were known then.
        """
        self._used.add(key)
        return self.run(lambda storage: storage.read(key, first, until, as_of), READ_WITHIN)

    def query_file(self, query: str, *values: str) -> list[tuple[Any, ...]] | None:
        """Return the rows of a query on a SQLite file that is not open; `None` if this needs `run`."""
        if self._threads.is_open or self._settings.database_url is not None:
            return None
        return self._threads.beside(lambda: sqlite_file.rows(self._file, query, *values))

    def keep_value(self, name: str, data: bytes) -> None:
        """Keep a named value of another part of the engine, if possible without importing the libraries."""
        is_closed = not self._threads.is_open and self._settings.database_url is None
        if is_closed and self._threads.beside(lambda: sqlite_file.put(self._file, name, data, self._clock())):
            return
        self.change(lambda storage: storage.put_value(name, data))
        self.release()

    def write(self, key: SeriesKey, finding: Finding, cause: Cause) -> "Written":
        """Keep `finding`. Waits some seconds while another process writes."""
        return self.change(lambda storage: storage.write(key, finding, cause))

    def summaries(self) -> list[SeriesSummary]:
        """Return a summary of each series."""
        return self.run(lambda storage: storage.summaries())

    def run(self, work: Callable[["Storage"], T], within: float = DONE_WITHIN) -> T:
        """Return the result of `work`, which runs in another thread within some seconds.

        The first call also imports the libraries, and opens the database.
        """
        return self._threads.run(work, within)

    def change(self, work: Callable[["Storage"], T]) -> T:
        """Return the result of `work`, which writes. Waits some seconds while another process writes."""
        now = time.monotonic()
        until = now + PATIENCE
        while True:
            began = now
            try:
                done = self._threads.change(work, DONE_WITHIN)
                self._has_written = True
                return done
            except (Busy, NotTheWriter):
                now = time.monotonic()
                if now + (now - began) >= until:  # another try may take as long
                    raise
                time.sleep(TURN)

    def release(self) -> None:
        """Let other processes write, and update the count."""
        self._threads.write(lambda storage: storage.release(), DONE_WITHIN)
        self.count()

    def count(self) -> None:
        """Note which series were read, and count all candles, once in a while."""
        pause = COUNTING if self._has_written or self._used else IDLE_COUNTING
        if time.monotonic() >= self._counted + pause:
            self._counted, self._has_written = time.monotonic(), False
            used, self._used = self._used, set()
            if used:
                self._threads.write(lambda storage: storage.touch(used), DONE_WITHIN)
            self.sizes = self.run(lambda storage: storage.sizes())

    def report(self) -> dict[str, object]:
        """Return the state and the size for health checks, without asking the database."""
        sizes = self.sizes
        return {
            "state": self.availability.state,
            "reason": self.availability.reason,
            "candles": None if sizes is None else sizes.candles,
            "bytes": None if sizes is None else sizes.bytes,
        }

    def _open(self) -> "Storage":
        from engine.history.database import Database
        from engine.history.storage import Storage

        url = self._settings.database_url or f"sqlite:///{os.path.abspath(self._file)}"
        return Storage(Database(url), self._settings.history_max_bytes, self._clock)

    def _is_there(self) -> bool:
        return self._settings.database_url is not None or os.path.exists(self._file)
