"""Fill a history in processes that are killed: `python -m tests.engine.jobs.filling.killed FOLDER KILLS`.

Prints in how many chunks the job was when its process was killed, once for each kill.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Iterator

from engine.config import Settings
from engine.history.archive import Archive
from engine.history.job import Job
from engine.history.series import Piece, SeriesKey, page_start
from engine.jobs.filling import Filling, new_job
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.upstream import Upstream
from providers import (
    ASSET_BY_NAME,
    INTERVALS,
    Candle,
    CandleSource,
    Http,
    Interval,
    Market,
    Pair,
    RateLimit,
    Window,
)

HOURS = INTERVALS["1h"]
PAIR = Pair(ASSET_BY_NAME["BTC"], "USDT")
KEY = SeriesKey.of(PAIR, HOURS)
FIRST, CHUNKS = 1_599_264_000_000, 10
UNTIL = page_start(HOURS, FIRST) + (CHUNKS * 1440 - 700) * HOURS.length
NOW = UNTIL + 1000 * HOURS.length


class Invented(CandleSource):
    """A venue without a network: an hour's figures follow from its number."""

    name = "invented"
    base_urls = ("https://invented.invalid",)
    rate_limit = RateLimit(1_000_000, 60)
    intervals = {"1h": 1}
    max_candles = 1500
    lacks = 137
    """It has no candle in every so manieth hour."""

    def fetch_candles(self, market: Market, interval: Interval, window: Window) -> list[int]:
        """Return open times."""
        first, last = window.bounds(interval, NOW)
        return [
            time for time in range(first, last + 1, interval.length) if time // interval.length % self.lacks
        ]

    def read_candle(self, row: int, interval: Interval) -> Candle:
        """Return the candle of an hour."""
        close = 100 + row // interval.length % 100 / 100
        return Candle(row, 100.0, 102.0, 99.0, close, row % 1013 / 8)


class Other(Invented):
    """A second venue, with holes elsewhere."""

    name = "other"
    base_urls = ("https://other.invalid",)
    lacks = 411


def opened(folder: str, ahead: float = 0.0) -> Archive:
    """Return the archive in a folder, by a clock that is `ahead` by so many seconds."""
    return Archive(Settings(data_dir=folder, history_enabled=True), lambda: time.time() + ahead)


def run(archive: Archive, number: str) -> Iterator[Job]:
    """Run the job as a new process does."""
    upstreams = [
        Upstream[CandleSource](kind(Http(), clock=lambda: NOW / 1000), Store(MemoryCache()))
        for kind in (Invented, Other)
    ]
    job = archive.change(lambda storage: storage.claim_job(number))
    if job is not None:
        yield from Filling(archive, upstreams, lambda: NOW).run(job, PAIR)


def begun(folder: str) -> str:
    """Add the job, and return its number."""
    archive = opened(folder)
    job = new_job("tester", "BTCUSDT", KEY, FIRST, UNTIL, NOW)
    archive.change(lambda storage: storage.add_job(job))
    archive.release()
    archive.stop()
    return job.id


def finished(folder: str, number: str, ahead: float = 0.0) -> tuple[Job, Piece]:
    """Run the job to its end, and return it with all that is kept."""
    archive = opened(folder, ahead)
    list(run(archive, number))
    job = archive.run(lambda storage: storage.job(number))
    piece = archive.read(KEY, FIRST, UNTIL)
    archive.stop()
    assert job is not None
    return job, piece


def main(folder: str, kills: int) -> None:
    """Kill a process after the other at a random point."""
    start = time.monotonic()
    finished(f"{folder}/whole", begun(f"{folder}/whole"))
    most = (time.monotonic() - start) / CHUNKS / 4
    number, chance = begun(folder), random.Random(15)
    for kill in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:  # its clock is past the claim of the process before
            for job in run(opened(folder, 100.0 * (kill + 1)), number):
                os.write(writing, b"." if job.state == "running" else b"")
            os._exit(0)
        os.close(writing)
        chunks = len(os.read(reading, 1)) if kill % 5 == 0 else 0
        time.sleep(chance.uniform(0, most))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        chunks += len(os.read(reading, 4096))
        os.close(reading)
        sys.stdout.write(f"{chunks}\n")
    finished(folder, number, 100.0 * (kills + 1))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
