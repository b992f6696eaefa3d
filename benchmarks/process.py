"""The resources of a running server, from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


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
        return sum(_cpu(pid) for pid in self.family)

    @property
    def megabytes(self) -> float:
        """Return the memory in use, with shared memory counted once."""
        return sum(_proportional(pid) for pid in self.family) / 1024


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
    fields = _fields(Path("/proc") / str(pid))
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _proportional(pid: int) -> int:
    return _rollup(pid, "Pss:")


def _rollup(pid: int, name: str) -> int:
    rollup = (Path("/proc") / str(pid) / "smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(name))
