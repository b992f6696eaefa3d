"""The resources of a running server, from /proc and its processes' clocks."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CLOCK = 2
"""What Linux adds to the complement of a process ID, times eight, for the clock of its processor time."""


@dataclass(frozen=True)
class Server:
    """A process with all its children."""

    pid: int

    @property
    def family(self) -> list[int]:
        """Return the processes of its session, itself included."""
        return [
            int(folder.name)
            for folder in Path("/proc").iterdir()
            if folder.name.isdecimal() and _session(folder) == self.pid
        ]

    @property
    def cpu(self) -> float:
        """Return the processor time used so far, in seconds."""
        return cpu_of(self.family)

    @property
    def megabytes(self) -> float:
        """Return the memory in use, with shared memory counted once."""
        return sum(megabytes_of(pid) for pid in self.family)

    @property
    def anonymous_megabytes(self) -> float:
        """Return the same without the files that are mapped.

        How much of these counts depends on the other programs that have mapped them, and on the kernel, which
        takes their pages away while they are not used.
        """
        return sum(_rollup(pid, "Pss_Anon:") for pid in self.family) / 1024


def cpu_of(pids: Iterable[int]) -> float:
    """Return the processor time that these processes have used so far, in seconds."""
    return sum(_cpu(pid) for pid in pids)


def megabytes_of(pid: int) -> float:
    """Return the memory of a process, with its part of shared memory."""
    return _rollup(pid, "Pss:") / 1024


def own_megabytes() -> float:
    """Return the memory of this process, including files that other processes have mapped."""
    return _rollup(os.getpid(), "Rss:") / 1024


def _fields(folder: Path) -> list[str]:
    """Return the fields of `stat` after the name, which may contain any character."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _session(folder: Path) -> int | None:
    fields = _fields(folder)
    return int(fields[3]) if fields else None


def _cpu(pid: int) -> float:
    """Return user and system time with all threads, in nanoseconds where /proc has hundredths of a second."""
    try:
        return time.clock_gettime(~pid << 3 | CLOCK)
    except OSError:
        return 0.0  # it has ended


def _rollup(pid: int, name: str) -> int:
    rollup = (Path("/proc") / str(pid) / "smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(name))
