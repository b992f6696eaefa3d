"""Queue candles for the database, so that no request waits for it."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from engine.concurrency.locks import Lock
from engine.history.archive import Archive
from engine.history.errors import ArchiveError, ArchiveFull, Unwritable
from engine.history.series import Cause, Finding, SeriesKey

MOST_WAITING = 100_000
"""Maximum number of queued candles. The oldest are dropped first: a later request fetches them again."""
AT_ONCE = 50
"""Findings that are written by one call of `drain`."""

log = logging.getLogger(__name__)

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Finding).decode


class Waiting(msgspec.Struct, frozen=True):
    """A queued finding with its number of candles.

    It is packed, because many may wait for a slow database. Unpacked objects would fragment the memory of
    the process, which would then never shrink again.
    """

    key: SeriesKey
    packed: bytes
    candles: int
    cause: Cause


class Recorder:
    """Takes findings from requests, and writes them when `drain` is called in the background.

    Any thread may call any method. Findings are written in the order in which they were offered.
    """

    def __init__(
        self, archive: Archive, corrected: Callable[[SeriesKey, Sequence[int]], None] = lambda *_: None
    ) -> None:
        """Write to `archive`. Call `corrected` with the open times of candles that have changed."""
        self._archive = archive
        self._corrected = corrected
        self._lock = Lock()
        self._draining = threading.Lock()  # it is held during waits for the database
        self._waiting: deque[Waiting] = deque()
        self._candles = 0
        self.offered: Callable[[], None] = lambda: None
        """Called once a finding is queued."""
        self.written = 0
        """Number of new candles that this process has written."""

    def offer(self, key: SeriesKey, finding: Finding, cause: Cause) -> None:
        """Queue a finding."""
        if self._archive.enabled:
            waiting = Waiting(key, _pack(finding), len(finding.candles), cause)
            self._queue(waiting, self._waiting.append)
            self.offered()

    @property
    def waits(self) -> bool:
        """Whether findings are queued."""
        return bool(self._waiting)

    def drain(self) -> int:
        """Write queued findings, at most some dozens. Return how many were written.

        A finding that cannot be written now stays queued, unless there is no room for it or the database
        refuses it. Calls wait for each other.
        """
        if not self._waiting or not self._archive.usable:
            return 0
        with self._draining:
            return self._drained()

    def settle(self) -> None:
        """Wait until a running call of `drain` has ended."""
        with self._draining:
            pass

    def _drained(self) -> int:
        done = 0
        for _ in range(AT_ONCE):
            waiting = self._take()
            if waiting is None:
                break
            key = waiting.key
            try:
                written = self._archive.write(key, _unpack(waiting.packed), waiting.cause)
            except ArchiveFull:
                continue
            except Unwritable as error:
                log.error("candles of %s dropped: %s", key, error)
                continue
            except ArchiveError as error:
                log.info("candles of %s stay queued: %s", key, error)
                self._queue(waiting, self._waiting.appendleft)
                return done
            self.written += written.added
            if written.corrected:
                self._corrected(key, written.corrected)
            done += 1
        self._archive.release()
        return done

    def _queue(self, waiting: Waiting, put: Callable[[Waiting], None]) -> None:
        """Put a finding into the queue with `put`, and drop the oldest ones if there are too many."""
        with self._lock:
            put(waiting)
            self._candles += waiting.candles
            while self._candles > MOST_WAITING:
                self._candles -= self._waiting.popleft().candles

    def _take(self) -> Waiting | None:
        """Take the oldest finding from the queue, `None` if it is empty."""
        with self._lock:
            if not self._waiting:
                return None
            taken = self._waiting.popleft()
            self._candles -= taken.candles
            return taken
