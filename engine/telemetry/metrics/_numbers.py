"""The counts of one worker, in its memory and in files that all workers read.

prometheus-client's own files are mapped into memory without reserving disk space, so that a full disk ends
the process (SIGBUS). This module reserves space first and stays in memory where there is none. The files have
prometheus-client's format, for its collector.
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
"""Bytes of a new file, as in prometheus-client."""
AROUND = 32
"""Bytes that a number takes in addition to its name, rounded up."""
BROKEN = (struct.error, RuntimeError, ValueError, LookupError, TypeError)
"""What reading an incomplete file may raise."""
RETRIED = 60.0
"""Seconds after which failed files are tried again."""

log = logging.getLogger(__name__)


class Reserved(MmapedDict):
    """A file of numbers whose disk space is reserved. Raises `OSError` where there is none."""

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
        """Close the file with its last user."""
        self.close()  # type: ignore[no-untyped-call]

    def _init_value(self, key: str) -> None:
        """Reserve space for one more number first."""
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
    """Creates the values of this worker's metrics, and keeps them in files in `folder`."""

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
        """Return the value of one series; prometheus-client calls this."""
        key = mmap_key(metric_name, name, labelnames, labelvalues, help_text)
        value = Value(self, f"{typ}_{multiprocess_mode}" if typ == "gauge" else typ, key)
        with self.lock:
            value.begin()
            self._values.append(value)
        return value

    @property
    def shared(self) -> bool:
        """Whether other workers can read all counts of this worker."""
        return self._lost_at is None and all(file._path.exists() for file in self._files.values())

    def file(self, kind: str) -> Reserved | None:
        """Return the file for one kind of numbers, `None` while it cannot be written."""
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
        except BROKEN as error:  # a process with the same number left it incomplete
            log.warning("metrics file unreadable; starting a new one: %s", error)
            path.unlink()
            return Reserved(path)

    def lose(self, error: OSError) -> None:
        """Continue in memory alone."""
        self._lost_at = self._timer()
        log.error("metrics files unavailable; each worker reports its own numbers: %s", error)

    def try_again(self) -> None:
        """Write all values, if writing failed a while ago and works again."""
        with self.lock:
            if self.shared or self._timer() - (self._lost_at or 0.0) < RETRIED:
                return
            self._lost_at = None
            self._files.clear()
            for value in self._values:
                value.write()
        if self.shared:
            log.warning("metrics files are available again")

    def _begin_anew(self) -> None:
        """Start without counts in a forked process."""
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
        """Continue from a former worker with the same number: counters must not decrease."""
        self._value = self._timestamp = 0.0
        if (file := self._numbers.file(self._kind)) is not None:
            try:
                self._value, self._timestamp = file.read_value(self._key)  # type: ignore[no-untyped-call]
            except OSError as error:
                self._numbers.lose(error)

    def write(self) -> None:
        """Write the number to its file."""
        if (file := self._numbers.file(self._kind)) is not None:
            try:
                file.write_value(self._key, self._value, self._timestamp)  # type: ignore[no-untyped-call]
            except OSError as error:
                self._numbers.lose(error)

    def inc(self, amount: float) -> None:
        """Add to the number."""
        with self._numbers.lock:
            self._value, self._timestamp = self._value + amount, 0.0
            self.write()

    def set(self, value: float, timestamp: float | None = None) -> None:
        """Replace the number."""
        with self._numbers.lock:
            self._value, self._timestamp = value, timestamp or 0.0
            self.write()

    def get(self) -> float:
        """Return the number."""
        return self._value

    def set_exemplar(self, exemplar: object) -> None:
        """Ignore the exemplar: files have no place for it."""

    def get_exemplar(self) -> None:
        """Return no exemplar."""
