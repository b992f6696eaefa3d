"""The folder where workers put what they count, from the first of a server to its last.

Nothing that goes wrong with it ends the server: numbers then stay in the memory of each worker.
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
"""How the names of folders begin that a server has made for itself."""
LOCK = "server.lock"
"""The file that a server holds locked for as long as it or one of its workers lives."""
NUMBERS = re.compile(r"(counter|gauge_[a-z]+|histogram|summary)_\d+\.db").fullmatch

log = logging.getLogger(__name__)


def new_path() -> str:
    """A folder for a server that was not told where to count."""
    return f"{tempfile.gettempdir()}/{PREFIX}{uuid.uuid4().hex}"


class Folder:
    """Where one server counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_own = path.name.startswith(PREFIX)
        self._lock: int | None = None

    def begin(self) -> None:
        """Begin with nothing counted, without what servers have left behind that are dead."""
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._is_own:
                self._lock = _locked(self._path)
        except OSError as error:
            log.error("no folder for what is counted: %s", error)
            return
        self._forget()
        if self._is_own:
            _remove_dead(self._path.parent)

    def bury(self, pid: int) -> None:
        """Let a worker that is gone count no more as one that serves; what it has counted stays."""
        try:
            mark_process_dead(pid, f"{self._path}")  # type: ignore[no-untyped-call]
        except OSError as error:
            log.warning("a worker that is gone still counts: %s", error)

    def end(self) -> None:
        """Leave nothing behind."""
        self._forget()
        if self._lock is not None:
            with suppress(OSError):
                (self._path / LOCK).unlink()
            os.close(self._lock)
        with suppress(OSError):  # there is something of somebody else's in it
            self._path.rmdir()

    def _forget(self) -> None:
        for file in _numbers(self._path):
            try:
                file.unlink()
            except OSError as error:
                log.warning("what was counted before cannot be forgotten: %s", error)


def _numbers(folder: Path) -> Iterator[Path]:
    """The files that workers have counted in."""
    return (path for path in folder.glob("*.db") if NUMBERS(path.name))


def _locked(folder: Path) -> int:
    """The lock of a new folder. It gets its name once it is held, so that nobody finds it free."""
    path = folder / f"{LOCK}.new"
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    path.rename(folder / LOCK)
    return lock


def _remove_dead(parent: Path) -> None:
    """Remove folders of servers that died. One counts as dead if it was ours, and nobody holds its lock."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody else removes it as well
            if _is_ours(folder) and _is_dead(folder):
                for file in (*_numbers(folder), folder / LOCK):
                    file.unlink()
                folder.rmdir()
                log.info("removed what a server that died has left behind: %s", folder)


def _is_ours(folder: Path) -> bool:
    """Whether a server of this user has made it, and nothing else lies in it than what servers put there."""
    if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
        return False
    return all(path.name == LOCK or NUMBERS(path.name) for path in folder.iterdir())


def _is_dead(folder: Path) -> bool:
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False  # it is just being made, or older than locks are
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
