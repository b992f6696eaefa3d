"""What a worker has counted: in its memory, and in files that all workers read.

prometheus-client keeps such files itself, but a disk that is full ends its process: it writes into mapped
files for which no room was taken (SIGBUS). Here room is taken first, and where there is none the numbers
stay in memory. Files are written in prometheus-client's own form, for its own collector.
"""

import logging
import os
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prometheus_client.mmap_dict import MmapedDict, mmap_key

INITIAL = 1 << 16
"""Bytes of a new file, as prometheus-client makes it."""
AROUND = 32
"""Bytes that a number takes beside its name, and a few more."""
BROKEN = (struct.error, RuntimeError, ValueError, LookupError, TypeError)
"""What reading a file may raise that is not whole."""
RETRIED = 60.0
"""Seconds after which files are tried again that could not be written."""

log = logging.getLogger(__name__)


class Reserved(MmapedDict):
    """A file of numbers with room on the disk for all of it. Raises `OSError` where there is none."""

    _f: Any = None

    def __init__(self, path: Path) -> None:
        try:
            _reserve(path, INITIAL)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        super().__init__(f"{path}")  # type: ignore[no-untyped-call]
        self._path = path

    def __del__(self) -> None:
        """Leave no file open that nobody writes any more."""
        self.close()  # type: ignore[no-untyped-call]

    def _init_value(self, key: str) -> None:
        """Take room for one more number first."""
        capacity: int = self._capacity
        if self._used + len(key.encode()) + AROUND > capacity:
            _reserve(self._path, 2 * capacity)
        super()._init_value(key)  # type: ignore[no-untyped-call]


def _reserve(path: Path, size: int) -> None:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(file, 0, size)
    finally:
        os.close(file)


class Numbers:
    """Makes the values of this worker's metrics, and keeps them in files in `folder`."""

    def __init__(self, folder: Path, timer: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._timer = timer
        self._values: list[Value] = []
        self._files: dict[str, Reserved] = {}
        self._lost_at: float | None = None
        self.lock = threading.Lock()
        os.register_at_fork(after_in_child=self._begin_anew)

    def __call__(
        self,
        typ: str,
        metric_name: str,
        name: str,
        labelnames: list[str],
        labelvalues: list[str],
        help_text: str,
        multiprocess_mode: str = "",
        **_: object,
    ) -> "Value":
        """The value of one series, as prometheus-client asks for it."""
        key = mmap_key(metric_name, name, labelnames, labelvalues, help_text)
        value = Value(self, f"{typ}_{multiprocess_mode}" if typ == "gauge" else typ, key)
        with self.lock:
            value.begin()
            self._values.append(value)
        return value

    @property
    def shared(self) -> bool:
        """Whether everything that was counted here is where other workers find it."""
        return self._lost_at is None and all(file._path.exists() for file in self._files.values())

    def file(self, kind: str) -> Reserved | None:
        """The file for one kind of numbers, `None` while none can be written."""
        if self._lost_at is not None:
            return None
        if kind not in self._files:
            try:
                self._files[kind] = self._opened(self._folder / f"{kind}_{os.getpid()}.db")
            except OSError as error:
                self.lose(error)
                return None
        return self._files[kind]

    def _opened(self, path: Path) -> Reserved:
        try:
            return Reserved(path)
        except BROKEN as error:  # a process of the same number has left it, and did not end well
            log.warning("a file of what was counted cannot be read and begins anew: %s", error)
            path.unlink()
            return Reserved(path)

    def lose(self, error: OSError) -> None:
        """Go on in memory alone."""
        self._lost_at = self._timer()
        log.error("no file for what is counted, so that this worker tells its own numbers alone: %s", error)

    def try_again(self) -> None:
        """Write what is known, if that has not been possible for a while and is now."""
        with self.lock:
            if self.shared or self._timer() - (self._lost_at or 0.0) < RETRIED:
                return
            self._lost_at = None
            self._files.clear()
            for value in self._values:
                value.write()
        if self.shared:
            log.warning("what is counted has its files again")

    def _begin_anew(self) -> None:
        """For a process of its own, which has counted nothing."""
        self.lock = threading.Lock()
        self._files, self._lost_at = {}, None
        for value in self._values:
            value.begin()


class Value:
    """One number of this worker."""

    def __init__(self, numbers: Numbers, kind: str, key: str) -> None:
        self._numbers = numbers
        self._kind = kind
        self._key = key
        self._value = self._timestamp = 0.0

    def begin(self) -> None:
        """Go on from what a worker of the same number has left: a counter must not go back."""
        self._value = self._timestamp = 0.0
        if (file := self._numbers.file(self._kind)) is not None:
            try:
                self._value, self._timestamp = file.read_value(self._key)  # type: ignore[no-untyped-call]
            except OSError as error:
                self._numbers.lose(error)

    def write(self) -> None:
        """Put the number where others find it."""
        if (file := self._numbers.file(self._kind)) is not None:
            try:
                file.write_value(self._key, self._value, self._timestamp)  # type: ignore[no-untyped-call]
            except OSError as error:
                self._numbers.lose(error)

    def inc(self, amount: float) -> None:
        """Add to it."""
        with self._numbers.lock:
            self._value, self._timestamp = self._value + amount, 0.0
            self.write()

    def set(self, value: float, timestamp: float | None = None) -> None:
        """Replace it."""
        with self._numbers.lock:
            self._value, self._timestamp = value, timestamp or 0.0
            self.write()

    def get(self) -> float:
        """What it is."""
        return self._value

    def set_exemplar(self, exemplar: object) -> None:
        """Files have no room for examples."""

    def get_exemplar(self) -> None:
        """There is none."""
