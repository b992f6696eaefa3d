"""Run the jobs that fill series, one at a time, in turns, in only one process of a database."""

import logging
import threading
import time
from collections.abc import Callable

from engine.history import sqlite_file
from engine.history.archive import Archive
from engine.history.errors import ArchiveError, ArchiveFull
from engine.history.job import Job
from engine.jobs.filling import Filling, has_market
from engine.jobs.loop import Loop
from engine.market import Market
from providers import Pair

JOB = "backfilling"
FIRST_LOOK, LOOK = 5.0, 30.0
"""Seconds from the start to the first check for jobs of other processes, and between two checks."""
TURN = 30.0
"""Seconds after which the next job has its turn."""

log = logging.getLogger(__name__)


class Stopped(Exception):
    """The process ends. The job continues in the next one."""


class Backfilling:
    """Works on open jobs of the archive, including those of a process that has died."""

    def __init__(self, archive: Archive, market: Market, clock: Callable[[], float] = time.monotonic) -> None:
        self._archive = archive
        self._clock = clock
        self._markets, self._upstreams = market.markets, market.candles.upstreams
        self._filling = Filling(
            archive, self._upstreams, lambda: market.milliseconds(), self._wait, self._markets.find
        )
        self._loop = Loop(JOB, self.tick, log, "filling the history failed unexpectedly", pause=self.pause)
        self._stopping = threading.Event()
        self._next = clock() + FIRST_LOOK
        self.running: Job | None = None
        """The job that this process works on."""

    def start(self) -> None:
        """Start the thread."""
        if self._archive.enabled:
            self._loop.start()

    def stop(self) -> None:
        """Stop after the current chunk. Its job continues after the next start."""
        self._stopping.set()
        if self._archive.enabled:
            self._loop.stop()

    def look(self) -> None:
        """Check for jobs at once, because one was added."""
        self._next = 0.0
        self._loop.wake()

    def pause(self) -> float:
        """Return the seconds until the next tick."""
        return max(0.0, self._next - self._clock())

    def tick(self) -> int:
        """Run an open job for a turn, if there is one. Return the number of finished chunks."""
        if self._clock() < self._next or not self._archive.usable:
            return 0
        self._next = self._clock() + LOOK
        if not self._archive.may_have_something or self._archive.query_file(sqlite_file.OPEN_JOBS) == []:
            return 0
        try:
            if not self._archive.run(lambda storage: storage.has_open_job()):
                self._archive.count()
                return 0
            job = self._archive.change(lambda storage: storage.claim_job(accepts=self._can_run))
            self._archive.release()
            return 0 if job is None else self._run(job)
        except ArchiveFull as full:
            log.warning("a job waits for room: %s", full)
        except ArchiveError as error:
            log.info("jobs wait for the history: %s", error)
        except Stopped:
            log.info("a job waits for the next start")
        finally:
            self.running = None
        return 0

    def _pair(self, job: Job) -> Pair | None:
        return self._markets.kept_pair(job.key.coin, job.key.quote)

    def _can_run(self, job: Job) -> bool:
        """Return whether the job's market is known. After a start, this needs the catalogue."""
        pair = self._pair(job)
        return pair is not None and has_market(self._upstreams, self._markets.find, pair, job.key.interval)

    def _run(self, job: Job) -> int:
        pair = self._pair(job)
        if pair is None:
            return 0
        log.info("filling %s from %d to %d", job.key, job.at, job.until)
        self._next = 0.0  # the next job follows at once
        chunks, over = 0, self._clock() + TURN
        for it in self._filling.run(job, pair):
            self.running = it
            chunks += 1
            if self._stopping.is_set():
                raise Stopped
            if self._clock() >= over:
                self._archive.change(lambda storage: storage.renew_job(job.id, 0))
                self._archive.release()
                break
        return chunks

    def _wait(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise Stopped
