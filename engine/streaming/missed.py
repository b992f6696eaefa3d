"""What a client whose cursor is too old is told: closed candles as far as known, then snapshots."""

from collections.abc import Iterator, Sequence

from engine.streaming.cursors import Cursor, Place
from engine.streaming.hub import Hub
from engine.streaming.log import Message


class Missed:
    """Tells from the hub's log."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def since(self, cursor: Cursor, channels: Sequence[str]) -> Iterator[Message]:
        """Yield messages about channels that happened after the time of a cursor, and their newest states."""
        known = self._hub.log.since(Place(cursor.place.time, 0), channels)
        yield from (message for message in known if not message.conflated)
        for channel in channels:
            newest = self._hub.log.newest(channel)
            if newest is not None:
                yield newest.snapshot()
