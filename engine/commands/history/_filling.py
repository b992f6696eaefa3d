"""`history fill`: run a job in this process, with a progress bar."""

import sys
import time
from argparse import Namespace

from engine.catalogue.pairs import symbol_of_ids
from engine.commands.history._workplace import Workplace
from engine.history.job import COMMAND, Job
from engine.history.series import SeriesKey
from engine.jobs.filling import Filling, new_job
from providers import Pair

WIDTH = 30
PATIENCE = 65
"""Seconds to wait for the claim of a process that has died."""


def fill(workplace: Workplace, asked: Namespace) -> int:
    """Fill a part of a series. A job that was interrupted goes on where it was, and then the rest follows."""
    key = SeriesKey.of(asked.symbol, asked.interval)
    now = workplace.market.milliseconds()
    symbol = symbol_of_ids(key.coin, key.quote, workplace.catalogue.catalogue)
    wanted = new_job(COMMAND, symbol, key, asked.first, asked.until or now, now)
    if not wanted.total:
        sys.stderr.write("no candle of this part is closed\n")
        return 2
    while wanted.total:
        job = _run(workplace, _begun(workplace, wanted), asked.symbol)
        if job.state != "done":
            return 1
        wanted = new_job(COMMAND, symbol, key, job.until, wanted.until, now)
    return 0


def _run(workplace: Workplace, job: Job, pair: Pair) -> Job:
    """Run a job, and show its progress and its result."""
    market = workplace.market
    upstreams, find = market.candles.upstreams, market.markets.find
    filling = Filling(workplace.archive, upstreams, market.milliseconds, find=find)
    bar = ProgressBar(job)
    for it in filling.run(job, pair):
        job = it
        bar.show(job)
    bar.end()
    for start, wrong in job.failures.items():
        sys.stderr.write(f"{time.strftime('%Y-%m-%d', time.gmtime(int(start) / 1000))}: {wrong}\n")
    sys.stdout.write(f"{job.key}: {job.candles} candles, {job.state}\n")
    return job


def _begun(workplace: Workplace, wanted: Job) -> Job:
    """Return the job to run: an interrupted one that begins the same part, or a new one. It is claimed."""
    archive = workplace.archive
    interrupted = [
        it
        for it in archive.run(lambda storage: storage.jobs())
        if it.is_open
        and it.owner == COMMAND
        and (it.key, it.first) == (wanted.key, wanted.first)
        and it.until <= wanted.until
    ]
    job = interrupted[0] if interrupted else wanted
    if not interrupted:
        archive.change(lambda storage: storage.add_job(job))
    until = time.monotonic() + PATIENCE
    while True:
        claimed = archive.change(lambda storage: storage.claim_job(job.id))
        archive.release()
        if claimed is not None:
            return claimed
        if time.monotonic() >= until:
            raise LookupError("another process works on this job")
        time.sleep(1)


class ProgressBar:
    """Shows how far a job is, how fast it goes and how long it takes still; on a terminal in one line."""

    def __init__(self, job: Job) -> None:
        self._begun, self._chunks, self._candles = time.monotonic(), job.done, job.candles
        self._same_line = sys.stderr.isatty()

    def show(self, job: Job) -> None:
        """Show the progress."""
        seconds = max(1e-6, time.monotonic() - self._begun)
        rate = (job.candles - self._candles) / seconds
        left = seconds / max(1, job.done - self._chunks) * (job.total - job.done)
        full = WIDTH * job.done // job.total
        line = (
            f"{job.symbol} {job.key.code} [{'#' * full}{'.' * (WIDTH - full)}] "
            f"{100 * job.done // job.total:3}% {job.candles} candles, {rate:.0f}/s, "
            f"{int(left) // 60}:{int(left) % 60:02} left"
        )
        sys.stderr.write(f"\r{line} " if self._same_line else f"{line}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """End the line."""
        if self._same_line:
            sys.stderr.write("\n")
