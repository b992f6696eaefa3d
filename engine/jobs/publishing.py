"""Feed the streams of this worker, and serve their clients."""

import logging

from engine.jobs.loop import Loop
from engine.streaming.feeders import TURN
from engine.streaming.service import Streaming
from engine.telemetry.metrics import StreamCounts

TICK = TURN / 1000
"""Seconds between two ticks: the quarter second in which a price is sent once."""
SOON = 0.05
"""Minimum seconds between two ticks if a new client or channel wakes this job earlier."""

log = logging.getLogger(__name__)


class Publishing:
    """Runs `streaming`, if streams are enabled. While it has no clients and feeds nothing, nothing runs."""

    def __init__(self, streaming: Streaming | None, counts: StreamCounts) -> None:
        self._streaming = streaming
        self._counts = counts
        self._loop = Loop(
            "publishing",
            self.tick,
            log,
            "feeding the streams failed unexpectedly",
            seconds=SOON,
            pause=self.pause,
        )
        if streaming is not None:
            streaming.wake_with(self._loop.wake)

    def start(self) -> None:
        """Start the thread."""
        if self._streaming is not None:
            self._streaming.start()
            self._loop.start()

    def stop(self) -> None:
        """Stop, and end all streams."""
        self._loop.stop()
        if self._streaming is not None:
            self._streaming.stop()

    def pause(self) -> float | None:
        """Return the seconds until the next tick, `None` while there is nothing to do."""
        streaming = self._streaming
        if streaming is None or streaming.busy:
            return TICK
        due = streaming.due
        return None if due is None else max(due, TICK)

    def tick(self) -> None:
        """Feed the channels that are wanted now."""
        streaming = self._streaming
        if streaming is not None:
            streaming.tick()
            self._counts.hold(len(streaming.clients), streaming.series, streaming.venues.open)
