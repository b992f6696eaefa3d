"""What is forgotten of channels that are no longer fed, at all workers."""

from collections.abc import Callable, Collection

from engine.streaming.log import KEPT, Log
from engine.streaming.publishing import Publisher


class Endings:
    """Ends channels once they are no longer wanted. `log` returns what is kept. Times are Unix milliseconds.

    Their newest messages are dropped at once, so that a later client gets no old price for a new one. A
    series goes on where it ended for as long as cursors are good, so that clients that return miss no candle.
    """

    def __init__(self, log: Callable[[], Log], publisher: Publisher, clock: Callable[[], int]) -> None:
        self._log = log
        self._publisher = publisher
        self._clock = clock
        self._ended: dict[str, int] = {}

    @property
    def due(self) -> int | None:
        """When the next series is to be forgotten, `None` while there is none."""
        return min((since + KEPT for since in self._ended.values()), default=None)

    def tick(self, wanted: Collection[str]) -> None:
        """Forget what is kept of channels that are not `wanted`."""
        log, now = self._log(), self._clock()
        for channel in [channel for channel in log.current if channel not in wanted]:
            self._publisher.ended(channel)
        ended = [channel for channel in log.reached if channel not in wanted]
        self._ended = {channel: self._ended.get(channel, now) for channel in ended}
        for channel, since in self._ended.items():
            if now - since >= KEPT or not channel.startswith("candles:"):
                self._publisher.forgotten(channel)
