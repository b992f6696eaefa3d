"""Delete the state of channels that are no longer fed, at all workers."""

from collections.abc import Callable, Collection

from engine.streaming.log import KEPT, Log
from engine.streaming.publishing import Publisher


class Endings:
    """Ends channels that are no longer wanted. `log` returns the kept messages. Times are Unix milliseconds.

    The newest message of such a channel is deleted at once, so that no later client gets an old price. The
    position of a series is kept for as long as cursors are valid, so that returning clients miss no candle.
    """

    def __init__(self, log: Callable[[], Log], publisher: Publisher, clock: Callable[[], int]) -> None:
        self._log = log
        self._publisher = publisher
        self._clock = clock
        self._ended: dict[str, int] = {}

    @property
    def due(self) -> int | None:
        """When the position of a series is due to be deleted, `None` without such a series."""
        return min((since + KEPT for since in self._ended.values()), default=None)

    def tick(self, wanted: Collection[str]) -> None:
        """Delete the due state of channels that are not `wanted`."""
        log, now = self._log(), self._clock()
        for channel in [channel for channel in log.current if channel not in wanted]:
            self._publisher.ended(channel)
        ended = [channel for channel in log.reached if channel not in wanted]
        self._ended = {channel: self._ended.get(channel, now) for channel in ended}
        for channel, since in self._ended.items():
            if now - since >= KEPT or not channel.startswith("candles:"):
                self._publisher.forgotten(channel)
