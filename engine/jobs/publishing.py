"""Feed the streams of this worker, and look after their clients."""

import logging

from engine.jobs.loop import Loop
from engine.streaming.service import Streaming

TICK = 0.25
"""Seconds between two ticks: the quarter second in which a price is told once."""

log = logging.getLogger(__name__)


class Publishing:
    """Runs `streaming`, if there are streams."""

    def __init__(self, streaming: Streaming | None) -> None:
        self._streaming = streaming
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
        if self._streaming is not None:
            self._streaming.tick()
