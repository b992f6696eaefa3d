"""Where each series ended when nobody listened any more, so that it goes on there when somebody comes back.

Without it a client that resumes would miss the candles that closed meanwhile.
"""

from engine.streaming.log import KEPT


class Continuity:
    """Remembers last closed candles for as long as cursors are good. Times are Unix milliseconds."""

    def __init__(self) -> None:
        self._ended: dict[str, tuple[int, int]] = {}

    def end(self, channel: str, last_closed: int | None, now: int) -> None:
        """Note the open time of the last closed candle of a channel that is no longer fed."""
        self._ended = {name: end for name, end in self._ended.items() if now - end[1] < KEPT}
        if last_closed is not None:
            self._ended[channel] = last_closed, now

    def resume(self, channel: str, now: int) -> int | None:
        """Return the last closed candle of a channel that is fed again, `None` if that was too long ago."""
        last_closed, ended = self._ended.pop(channel, (None, 0))
        return last_closed if now - ended < KEPT else None
