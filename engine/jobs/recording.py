"""Write candles from requests in the background."""

import logging

from engine.history.archive import Archive
from engine.history.errors import ArchiveError
from engine.history.recorder import Recorder
from engine.jobs.loop import TICK, Loop
from engine.jobs.releasing import Releasing

JOB = "recording"

log = logging.getLogger(__name__)


class Recording:
    """Empties the recorder of this worker once a second, while findings are queued."""

    def __init__(self, archive: Archive, recorder: Recorder) -> None:
        self._archive = archive
        self.recorder = recorder
        self._releasing = Releasing()
        self._loop = Loop(
            JOB,
            self.tick,
            log,
            "writing the history failed unexpectedly",
            pause=self.pause,
            gathering=TICK,
        )
        recorder.offered = self._loop.wake

    def start(self) -> None:
        """Start the thread, if there is an archive to write to."""
        if self._archive.enabled:
            self._archive.start()
            self._loop.start()

    def stop(self) -> None:
        """Write all queued findings, unless another program writes for too long, and stop."""
        if self._archive.enabled:
            self._loop.stop()
            self.recorder.settle()
            while self._archive.availability.held is None and self.tick():
                pass
            self._archive.stop()

    def pause(self) -> float | None:
        """Return the seconds until the next tick, `None` while nothing is queued."""
        return TICK if self.recorder.waits else None

    def tick(self) -> int:
        """Write queued findings. Return how many were written."""
        try:
            written = self.recorder.drain()
        except ArchiveError as error:
            log.info("candles stay queued for the history: %s", error)
            return 0
        if written and not self.recorder.waits:  # the requests and the queue have freed much memory
            self._releasing.look()
        return written
