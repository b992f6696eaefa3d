"""The folder in which the workers of one server keep their metrics.

Failures here never stop the server: metrics then stay in the memory of each worker.
"""

import fcntl
import logging
import os
import re
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

PREFIX = "engine-metrics-"
"""The prefix of folders that servers create for themselves."""
LOCK = "server.lock"
"""The file that a server keeps locked while it or one of its workers lives."""
NUMBERS = re.compile(r"(counter|gauge_[a-z]+|histogram|summary)_\d+\.db").fullmatch

log = logging.getLogger(__name__)


def new_path() -> str:
    """Return a path for the folder of a server without `PROMETHEUS_MULTIPROC_DIR`."""
    return f"{tempfile.gettempdir()}/{PREFIX}{uuid.uuid4().hex}"


class Folder:
    """The metrics folder of one server."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_temporary = path.name.startswith(PREFIX)
        self._lock: int | None = None

    def begin(self) -> None:
        """Start without counts, and remove the folders of dead servers."""
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._is_temporary:
                self._lock = _locked(self._path)
        except OSError as error:
            log.error("metrics folder unavailable: %s", error)
            return
        self._remove_files()
        if self._is_temporary:
            _remove_dead(self._path.parent)

    def mark_dead(self, pid: int) -> None:
        """Stop reporting a dead worker as serving; its counts remain."""
        try:
            mark_process_dead(pid, f"{self._path}")  # type: ignore[no-untyped-call]
        except OSError as error:
            log.warning("dead worker cannot be marked: %s", error)

    def end(self) -> None:
        """Remove everything."""
        self._remove_files()
        lock, self._lock = self._lock, None
        if lock is not None:
            with suppress(OSError):
                (self._path / LOCK).unlink()
            os.close(lock)
        with suppress(OSError):  # other files are in it
            self._path.rmdir()

    def _remove_files(self) -> None:
        for file in _numbers(self._path):
            try:
                file.unlink()
            except OSError as error:
                log.warning("old metrics file cannot be removed: %s", error)


def _numbers(folder: Path) -> Iterator[Path]:
    """Return the files with workers' counts."""
    return (path for path in folder.glob("*.db") if NUMBERS(path.name))


def _locked(folder: Path) -> int:
    """Lock a new folder and return the lock.

    The file is renamed once it is locked, so that no server sees it unlocked.
    """
    path = folder / f"{LOCK}.new"
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    path.rename(folder / LOCK)
    return lock


def _remove_dead(parent: Path) -> None:
    """Remove the folders of dead servers: those of this user whose lock is free."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # another server is removing it as well
            if _is_removable(folder) and _is_dead(folder):
                for file in (*_numbers(folder), folder / LOCK):
                    file.unlink()
                folder.rmdir()
                log.info("removed the metrics folder of a dead server: %s", folder)


def _is_removable(folder: Path) -> bool:
    """Return whether a server of this user created the folder and nothing else is in it."""
    if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
        return False
    return all(path.name == LOCK or NUMBERS(path.name) for path in folder.iterdir())


def _is_dead(folder: Path) -> bool:
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False  # it is being created, or is older than the locks
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
