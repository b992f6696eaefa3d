"""A stream for log lines of which the frequent ones are collected, and written a few times a second.

A system call for each request's line costs more than the line itself. Other lines are written at once, behind
those that were collected before them, so that the order stays.
"""

import select
import time
from _thread import get_ident, start_new_thread
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol

from gevent.monkey import get_original

from engine.concurrency.locks import Lock

PAUSE = 0.25
"""Seconds that a line waits at most, and so what is lost if the process is killed."""
MOST = 10_000
"""Lines that wait at most. Where the reader of the log is slower, requests wait for it."""
PIECE = select.PIPE_BUF
"""Bytes that the system writes in one go, so that workers with one log keep each other's lines whole."""

Start = Callable[[Callable[[], None], tuple[()]], object]
_start: Start = get_original("_thread", "start_new_thread") or start_new_thread
_sleep: Callable[[float], None] = get_original("time", "sleep")
_thread: Callable[[], int] = get_original("_thread", "get_ident") or get_ident


class Sink(Protocol):
    """What lines are written to, such as `sys.stderr`."""

    def write(self, text: str, /) -> object:
        """Write a text."""

    def flush(self) -> object:
        """Hand over to the system what was written."""


class BatchedLines:
    """A text stream over `sink`, for a `logging.StreamHandler`, to which `add` adds lines without one.

    A thread writes what has waited for `PAUSE`. It is a real thread under gevent, too, so that a slow reader
    of the log does not stop the event loop.
    """

    def __init__(
        self, sink: Sink, start: Start = _start, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sink = sink
        self._start = start
        self._clock = clock
        self._lock = Lock()
        self._writer = 0
        self._lines: list[str] = []
        self._due = float("-inf")

    def add(self, line: str) -> None:
        """Write a line within `PAUSE`. It ends with a line feed."""
        self._lines.append(line)
        now = self._clock()
        if now >= self._due:  # a thread that was started before may have passed this line
            self._due = now + PAUSE
            self._start(self._write_later, ())
        if len(self._lines) >= MOST:
            self._write()

    def write(self, line: str) -> None:
        """Take a line that `flush` writes."""
        self._lines.append(line)

    def flush(self) -> None:
        """Write all lines. Raises `OSError`."""
        if self._writer == _thread():
            return  # a finalizer logs while this thread writes, which then writes that line as well
        with self._lock:
            self._writer = _thread()
            try:
                while self._lines:
                    for piece in pieces(self._taken()):
                        self._sink.write(piece)
                        self._sink.flush()
            finally:
                self._writer = 0

    def _taken(self) -> list[str]:
        lines = self._lines[:]
        del self._lines[: len(lines)]  # others may have been added meanwhile
        return lines

    def _write_later(self) -> None:
        _sleep(PAUSE)
        self._write()

    def _write(self) -> None:
        with suppress(OSError, ValueError):  # a full disk, or a closed stream: there is no place to say so
            self.flush()


def pieces(lines: list[str]) -> Iterator[str]:
    """Yield the lines together, as many as have `PIECE` bytes; a longer line is alone."""
    first, size = 0, 0
    for place, line in enumerate(lines):
        more = len(line) if line.isascii() else len(line.encode(errors="replace"))
        if size + more > PIECE and place > first:
            yield "".join(lines[first:place])
            first, size = place, 0
        size += more
    yield "".join(lines[first:])
