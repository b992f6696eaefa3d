"""The archive in its database. Every method blocks: callers run it in real threads."""

import logging
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from engine.history import jobs, lease, lookup, migrating, pruning, reading, sizes, summaries, values, writing
from engine.history.columns import Columns
from engine.history.database import Database
from engine.history.errors import ArchiveFull, CorruptPage
from engine.history.job import Job
from engine.history.jobs import CLAIM_SECONDS
from engine.history.reading import Source
from engine.history.series import Cause, Finding, Gap, Piece, SeriesKey, SeriesSummary, Sizes
from engine.history.writing import Written
from engine.timestamps import iso

T = TypeVar("T")

MEASURED = 1000
"""Writes after which the size is measured again, because other processes write too."""

log = logging.getLogger(__name__)


class Storage:
    """Reads and writes series. It writes only while it holds the lease of the writer."""

    def __init__(self, database: Database, most_bytes: int, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._most = most_bytes
        self._clock = clock
        self._owner = uuid.uuid4().hex
        self._room, self._writes = 0, 0
        migrating.bring_up(database)

    def read(self, key: SeriesKey, first: int, until: int, as_of: int | None = None) -> Piece:
        """Return the candles that open in `[first, until)`, and the gaps. Corrupt pages are gaps."""
        return self._repaired(lambda connection: reading.read(connection, key, first, until, as_of), key)

    def read_columns(
        self, key: SeriesKey, first: int, until: int, as_of: int | None = None
    ) -> tuple[Columns, list[Gap]]:
        """Return the same with the candles as columns."""
        return self._repaired(lambda it: reading.read_columns(it, key, first, until, as_of), key)

    def source(self, key: SeriesKey, first: int, until: int) -> Source | None:
        """Return the smaller interval that covers most of `[first, until)`, `None` if none covers it."""
        return self._database.read(lambda connection: reading.source(connection, key, first, until))

    def gaps(self, key: SeriesKey, first: int, until: int) -> list[Gap]:
        """Return the gaps in `[first, until)` without reading a page."""
        return self._database.read(lambda connection: reading.gaps(connection, key, first, until))

    def provider_names(self) -> dict[int, str]:
        """Return the names of providers by their numbers."""
        return self._database.read(lookup.provider_names)

    def series_providers(self, key: SeriesKey) -> Collection[str]:
        """Return the names of the providers that gave candles of a series."""
        return self._database.read(lambda connection: summaries.series_providers(connection, key))

    def write(self, key: SeriesKey, finding: Finding, cause: Cause) -> Written:
        """Keep `finding`, and delete other series if there is no room for it. Raises an `ArchiveError`."""

        def work(connection: Connection) -> Written:
            written = writing.write(connection, key, finding, cause, self._clock())
            self._ensure_room(connection, key, written.added)
            return written

        return self.as_writer(work)

    def add_job(self, job: Job) -> None:
        """Keep a new job. Raises `ArchiveFull` if there is no room for its candles and those of open jobs."""

        def work(connection: Connection) -> None:
            waiting = [it for it in jobs.all_jobs(connection) if it.is_open]
            wanted = sizes.wanted_bytes(connection, [job, *waiting])
            if sizes.lasting_bytes(connection) + wanted > self._most:
                raise ArchiveFull("HISTORY_MAX_BYTES leaves no room for this job")
            jobs.add(connection, job)

        self.as_writer(work)

    def job(self, number: str) -> Job | None:
        """Return a job, `None` if there is none."""
        return self._database.read(lambda connection: jobs.find(connection, number))

    def jobs(self) -> Sequence[Job]:
        """Return all jobs, the oldest first."""
        return self._database.read(jobs.all_jobs)

    def has_open_job(self) -> bool:
        """Return whether any job is open. This does not need the writer's lease."""
        return self._database.read(jobs.has_open)

    def claim_job(
        self, number: str | None = None, accepts: Callable[[Job], bool] = lambda job: True
    ) -> Job | None:
        """Claim and return an open job that no other process works on."""
        owner, clock = self._owner, self._clock
        return self.as_writer(lambda it: jobs.claim(it, owner, lease.time_of(it, clock), number, accepts))

    def cancel_job(self, number: str) -> None:
        """End a job. Its candles stay."""
        self.as_writer(lambda connection: jobs.cancel(connection, number))

    def save_job(self, job: Job, finding: Finding | None = None) -> bool:
        """Keep a chunk together with the progress of its job. Return whether the job is still open."""

        def work(connection: Connection) -> bool:
            goes_on = jobs.save(connection, job, self._owner, lease.time_of(connection, self._clock))
            if goes_on and finding is not None:
                written = writing.write(connection, job.key, finding, Cause.JOB, self._clock())
                self._ensure_room(connection, job.key, written.added)
            return goes_on

        return self.as_writer(work)

    def renew_job(self, number: str, seconds: float = CLAIM_SECONDS) -> None:
        """Claim a job for `seconds` from now on; with 0 it waits for its next turn."""
        owner, clock = self._owner, self._clock
        self.as_writer(lambda it: jobs.renew(it, number, owner, lease.time_of(it, clock) + seconds))

    def _ensure_room(self, connection: Connection, key: SeriesKey, added: int) -> None:
        """Delete other series if there may be too little room. Raises `ArchiveFull`."""
        self._room -= added * sizes.ROW_BYTES
        self._writes -= 1
        if self._room < 0 or self._writes < 0:
            used = pruning.make_room(connection, self._most, key)
            if added and used > self._most:
                raise ArchiveFull("HISTORY_MAX_BYTES is used up by series that stay")
            self._room, self._writes = self._most - used, MEASURED

    def as_writer(self, work: Callable[[Connection], T]) -> T:
        """Return the result of `work` in a transaction of the only writer. Raises `NotTheWriter`."""

        def held(connection: Connection) -> T:
            lease.hold(connection, self._owner, self._clock)
            return work(connection)

        return self._database.write(held)

    def put_value(self, name: str, data: bytes) -> None:
        """Keep a value of another part of the engine, and replace the last one."""
        self.as_writer(lambda connection: values.put(connection, name, data, self._clock()))

    def value(self, name: str) -> bytes | None:
        """Return a value of another part of the engine, `None` if there is none."""
        return self._database.read(lambda connection: values.find(connection, name))

    def release(self) -> None:
        """Let another process write."""
        self._database.write(lambda connection: lease.release(connection, self._owner))

    def touch(self, keys: Collection[SeriesKey]) -> None:
        """Note that series were read just now."""
        self._database.write(lambda connection: lookup.touch(connection, keys, self._clock()))

    def extent(self, key: SeriesKey) -> tuple[int, int] | None:
        """Return the open time of the first candle and the end of the last one, `None` without candles."""
        return self._database.read(lambda connection: summaries.extent(connection, key))

    def summaries(self) -> list[SeriesSummary]:
        """Return a summary of each series."""
        return self._database.read(summaries.summaries)

    def sizes(self) -> Sizes:
        """Return the sizes of the archive."""
        return self._database.read(sizes.sizes)

    def prune(self, most: int | None = None) -> int:
        """Delete candles until `most` bytes (by default the limit) are used. Return the used bytes."""
        used = self.as_writer(lambda it: pruning.make_room(it, self._most if most is None else most))
        self._database.read(pruning.vacuum)
        return used

    def drop(self, key: SeriesKey) -> bool:
        """Delete a series. Return whether there was one."""
        return self.as_writer(lambda connection: pruning.drop(connection, key))

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def _repaired(self, work: Callable[[Connection], T], key: SeriesKey) -> T:
        """Return the result of `work`. Delete a corrupt page first, so that its candles are fetched again."""
        while True:
            try:
                return self._database.read(work)
            except CorruptPage as corrupt:
                log.error("page %s of %s is corrupt, and is fetched again", iso(corrupt.start / 1000), key)
                page = corrupt.series, key.interval, corrupt.start, corrupt.start + 1
                # the page is read again, because another process may have replaced it meanwhile
                self._database.write(lambda it, page=page: writing.drop_corrupt_pages(it, *page))  # type: ignore[misc]
