"""Run a job chunk by chunk. Each chunk is kept together with the progress."""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from engine.history.archive import Archive
from engine.history.job import Job
from engine.history.series import Finding, SeriesKey, page_end, page_start
from engine.jobs.filling.chunks import Chunk, ChunkFailed, fetch_chunk
from engine.jobs.filling.venue import Venues
from engine.market.candles.request import GENESIS
from engine.market.candles.usual_market import Find, usual
from engine.upstream import Upstream
from providers import CandleSource, Pair

RETRIES = 3
"""Number of further attempts for a chunk that no venue sent."""
PAUSE = 30.0
"""Seconds before the first further attempt. They double each time."""
RENEWAL = 30.0
"""Seconds between two renewals of a claim while a job waits."""
OPEN_REASONS = ("not_fetched", "unknown")
"""Reasons of gaps for which venues are asked."""
NONE_REACHES = "no provider keeps candles so old"
MOST_FAILURES = 100
"""Maximum number of failures that a job remembers."""


def new_job(owner: str, symbol: str, key: SeriesKey, first: int, until: int, now: int) -> Job:
    """Return a job for the candles that open in `[first, until)` and are closed at `now`."""
    interval = key.interval
    first = interval.first_open(max(first, GENESIS))
    until = min(interval.first_open(until), interval.open_time(now))
    total = len(list(chunks(key, first, until)))
    return Job(uuid.uuid4().hex, owner, symbol, key, first, until, first, total)


def chunks(key: SeriesKey, first: int, until: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of `[first, until)` that lie in one page each."""
    interval = key.interval
    at = first
    while at < until:
        end = min(until, page_end(interval, page_start(interval, at)))
        yield at, interval.first_open(end)
        at = interval.first_open(end)


class Filling:
    """Fills series from `upstreams`. `now` gives Unix milliseconds, `wait` sleeps for seconds."""

    def __init__(
        self,
        archive: Archive,
        upstreams: Sequence[Upstream[CandleSource]],
        now: Callable[[], int],
        wait: Callable[[float], None] = time.sleep,
        find: Find = usual,
    ) -> None:
        self._find = find
        self._archive = archive
        self._upstreams = tuple(upstreams)
        self._now = now
        self._wait = wait

    def run(self, job: Job, pair: Pair) -> Iterator[Job]:
        """Yield the job after each chunk and at its end, unless it was cancelled. Raises an `ArchiveError`.

        The job fails if no venue could be asked for a part of it.
        """
        wait = partial(self._rest, job.id)
        venues = Venues(self._upstreams, pair, job.key.interval, self._now, wait, self._find)
        if job.venue is None:
            job = self._begun(job, venues)
        for first, until in list(chunks(job.key, job.at, job.until)):
            job, finding = self._chunk(job, venues, first, until)
            goes_on = self._saved(job, finding)
            self._archive.release()
            if not goes_on:
                return
            yield job
        job = replace(job, state="failed" if self._lacks(job) else "done")
        if self._saved(job, None):
            yield job
        self._archive.release()

    def _lacks(self, job: Job) -> bool:
        """Return whether no venue could be asked for a part of the job."""
        gaps = self._archive.run(lambda storage: storage.gaps(job.key, job.first, job.until))
        return any(gap.reason == "not_fetched" for gap in gaps)

    def _rest(self, number: str, seconds: float) -> None:
        """Sleep, and keep the claim of the job meanwhile."""
        while seconds > 0:
            self._archive.change(lambda storage: storage.renew_job(number))
            self._archive.release()
            self._wait(min(seconds, RENEWAL))
            seconds -= RENEWAL

    def _begun(self, job: Job, venues: Venues) -> Job:
        venue, listed = venues.reaching(job.first)
        job = replace(job, state="running", venue=venue.name if venue else "", listed=listed)
        self._saved(job, None)
        return job

    def _saved(self, job: Job, finding: Finding | None) -> bool:
        return self._archive.change(lambda storage: storage.save_job(job, finding))

    def _chunk(self, job: Job, venues: Venues, first: int, until: int) -> tuple[Job, Finding | None]:
        """Return the job after a chunk, and the finding, `None` if nothing was fetched."""
        kept = self._archive.read(job.key, first, until)
        if not any(gap.reason in OPEN_REASONS for gap in kept.gaps):
            return _after(job, until, len(kept.candles)), None
        try:
            chunk = self._fetched(job, venues, first, until)
        except ChunkFailed as failed:
            return _after(job, until, 0, f"{failed}" or NONE_REACHES, first), None
        wrong = "; ".join(f"{name}: {reason}" for name, reason in chunk.failures.items())
        return _after(job, until, len(chunk.finding.candles), wrong, first), chunk.finding

    def _fetched(self, job: Job, venues: Venues, first: int, until: int) -> Chunk:
        able = venues.able(first)
        order = sorted(able, key=lambda it: it.name != job.venue)  # a stable sort keeps the others' order
        before = self._archive.read(job.key, job.key.interval.after(first, -1), first).candles
        close = before[0].candle if before else None
        for attempt in range(RETRIES + 1):
            try:
                return fetch_chunk(venues, order, first, until, listed=job.listed, before=close)
            except ChunkFailed:
                if attempt == RETRIES or not order:
                    raise
                self._rest(job.id, PAUSE * 2**attempt)
        raise AssertionError("unreachable")


def _after(job: Job, until: int, candles: int, wrong: str = "", first: int = 0) -> Job:
    """Return the job with one more chunk, and with the error in it."""
    failures = job.failures
    if wrong and len(failures) < MOST_FAILURES:
        failures = {**failures, f"{first}": wrong}
    done, total = job.done + 1, job.candles + candles
    return replace(job, at=until, done=done, candles=total, failures=failures)
