"""Candles that wait to be written, so that no request waits for the database."""

import logging
from collections import deque
from collections.abc import Callable, Sequence

from engine.history.archive import Archive
from engine.history.errors import ArchiveError, ArchiveFull
from engine.history.series import Cause, Finding, SeriesKey

MOST_WAITING = 100_000
"""Candles that wait at most. Beyond that the oldest are dropped: a later request brings them again."""
AT_ONCE = 50
"""Findings that are written in one turn."""

Waiting = tuple[SeriesKey, Finding, Cause]
log = logging.getLogger(__name__)


class Recorder:
    """Takes findings from requests, and writes them when `drain` is called in the background."""

    def __init__(
        self, archive: Archive, corrected: Callable[[SeriesKey, Sequence[int]], None] = lambda *_: None
    ) -> None:
        """Write to `archive`. `corrected` is called with the open times of candles that have changed."""
        self._archive = archive
        self._corrected = corrected
        self._waiting: deque[Waiting] = deque()
        self._candles = 0
        self.written = 0
        """How many new candles this process has written."""

    def offer(self, key: SeriesKey, finding: Finding, cause: Cause) -> None:
        """Queue a finding."""
        if not self._archive.enabled:
            return
        self._waiting.append((key, finding, cause))
        self._candles += len(finding.candles)
        while self._candles > MOST_WAITING:
            self._taken()

    def drain(self) -> int:
        """Write what waits, up to some dozens. Return how many findings were written.

        What cannot be written now waits on, unless there is no room for it.
        """
        if not self._waiting or not self._archive.usable:
            return 0
        done = 0
        for _ in range(min(AT_ONCE, len(self._waiting))):
            key, finding, cause = waiting = self._taken()
            try:
                written = self._archive.write(key, finding, cause)
            except ArchiveFull:
                continue
            except ArchiveError as error:
                log.info("candles of %s wait: %s", key, error)
                self._waiting.appendleft(waiting)
                self._candles += len(finding.candles)
                return done
            self.written += written.added
            if written.corrected:
                self._corrected(key, written.corrected)
            done += 1
        self._archive.release()
        return done

    def _taken(self) -> Waiting:
        taken = self._waiting.popleft()
        self._candles -= len(taken[1].candles)
        return taken
