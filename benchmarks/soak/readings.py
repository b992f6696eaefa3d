"""What a server holds at a moment, and what a run of readings says."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from statistics import median

from benchmarks.process import Server
from benchmarks.soak.slope import Slope, slope

MOST_SLOPE = 1.0
"""Megabytes an hour."""
WINDOW, WINDOWS = 60.0, 20
"""Seconds of which the least memory counts, shorter where a run has not so many of them."""
PART = 8
"""The first and the last of so many parts of the readings are compared."""


@dataclass(frozen=True)
class Reading:
    """Seconds since the start of the run, megabytes, open file descriptors and threads.

    `anonymous` are the megabytes without mapped files.
    """

    time: float
    megabytes: float
    anonymous: float
    descriptors: int
    threads: int


@dataclass(frozen=True)
class Held:
    """Medians of file descriptors and threads, and the ranges that they had, in a part of a run."""

    descriptors: float
    threads: float
    least: tuple[int, int]
    most: tuple[int, int]


@dataclass(frozen=True)
class Result:
    """The slope of memory in megabytes an hour, and what was held in the first and in the last part.

    Mapped files are no part of the slope: what counts of them changes with other programs. It is that of the
    least memory of each minute: what a burst has freed goes back to the system some seconds later.
    """

    slope: Slope
    first: Held
    last: Held

    @property
    def missed(self) -> list[str]:
        """Return the limits that do not hold, each as a sentence.

        Connections come and go, so that counts differ from moment to moment. A count has grown where even its
        least one at the end is more than its largest at the beginning.
        """
        found = []
        if self.slope.is_over(MOST_SLOPE):
            found.append(f"memory grows by {self.slope.value:.1f} MB an hour (at most {MOST_SLOPE:.0f})")
        for place, name in enumerate(("file descriptors", "threads")):
            if self.last.least[place] > self.first.most[place]:
                found.append(
                    f"{name} grew: at most {self.first.most[place]} at the beginning, "
                    f"at least {self.last.least[place]} at the end"
                )
        return found


def read(server: Server, time: float) -> Reading:
    """Return what a server holds with all its processes."""
    folders = [Path("/proc") / f"{pid}" for pid in server.family]
    descriptors, threads = (sum(_entries(folder / name) for folder in folders) for name in ("fd", "task"))
    return Reading(time, server.megabytes, server.anonymous_megabytes, descriptors, threads)


def _entries(folder: Path) -> int:
    try:
        return len(os.listdir(folder))
    except OSError:
        return 0  # the process has ended


def judged(readings: Sequence[Reading]) -> Result:
    """Return what readings after the caches are full say.

    Raises `ValueError` where they are fewer than `PART`.
    """
    if len(readings) < PART:
        raise ValueError(f"{len(readings)} readings after the caches were full are too few")
    size = len(readings) // PART
    least = _least(readings)
    return Result(
        slope([reading.time / 3600 for reading in least], [reading.anonymous for reading in least]),
        _held(readings[:size]),
        _held(readings[-size:]),
    )


def _least(readings: Sequence[Reading]) -> list[Reading]:
    """Return the reading of each window that has the least memory."""
    first, last = readings[0].time, readings[-1].time
    width = min(WINDOW, (last - first) / WINDOWS)
    windows = groupby(readings, lambda reading: (reading.time - first) // width)
    return [min(window, key=attrgetter("anonymous")) for _, window in windows]


def _held(readings: Sequence[Reading]) -> Held:
    descriptors = [reading.descriptors for reading in readings]
    threads = [reading.threads for reading in readings]
    return Held(
        median(descriptors),
        median(threads),
        (min(descriptors), min(threads)),
        (max(descriptors), max(threads)),
    )


def report(result: Result) -> Iterator[str]:
    """Yield the lines of the table."""
    first, last = result.first, result.last
    yield "| what | after the caches were full | at the end |"
    yield "|---|---|---|"
    yield f"| file descriptors | {_range(first, 0)} | {_range(last, 0)} |"
    yield f"| threads | {_range(first, 1)} | {_range(last, 1)} |"
    yield ""
    error = f"{result.slope.value:+.2f} MB an hour, with a standard error of {result.slope.error:.2f}"
    unsure = result.slope.may_be_over(MOST_SLOPE) and not result.slope.is_over(MOST_SLOPE)
    doubt = ": too short to prove the limit" if unsure else ""
    yield f"slope of the least memory of each minute, without mapped files: {error}{doubt}"


def _range(held: Held, place: int) -> str:
    middle = (held.descriptors, held.threads)[place]
    return f"{middle:g} ({held.least[place]} to {held.most[place]})"
