"""Feed the streams of this worker, and look after their clients."""

import logging

from engine.jobs.loop import Loop
from engine.streaming.service import Streaming
from engine.telemetry.metrics import StreamCounts

TICK = 0.25
"""Seconds between two ticks: the quarter second in which a price is told once."""

log = logging.getLogger(__name__)


class Publishing:
    """Runs `streaming`, if there are streams."""

    def __init__(self, streaming: Streaming | None, counts: StreamCounts) -> None:
        self._streaming = streaming
        self._counts = counts
        self._loop = Loop(
            "publishing", self.tick, log, "feeding the streams failed unexpectedly", seconds=TICK
        )

    def start(self) -> None:
        """Start in a thread of its own."""
        if self._streaming is not None:
            self._streaming.start()
            self._loop.start()

    def stop(self) -> None:
        """Stop, and end all streams."""
        self._loop.stop()
        if self._streaming is not None:
            self._streaming.stop()

    def tick(self) -> None:
        """Feed what is wanted now."""
        streaming = self._streaming
        if streaming is not None:
            streaming.tick()
            self._counts.hold(len(streaming.clients), streaming.series, streaming.venues.open)
