"""Send a client the messages after its cursor before it is subscribed, no faster than it reads.

The last step never waits, so that a client that is subscribed right after it misses no message.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from engine.streaming.cursors import Cursor, Place
from engine.streaming.hub import Hub, Listener
from engine.streaming.log import Message


class Channels(Protocol):
    """Finds channels, their history and their newest state."""

    def named(self, texts: Sequence[str]) -> list[str]:
        """Return the canonical names of channels. Raises `ApiError`: `INVALID_CHANNEL`, `STREAM_FULL`."""

    def missed(self, cursor: Cursor, channels: Sequence[str]) -> Sequence[Message]:
        """Return the closed candles of channels since an expired cursor. It may wait for a provider."""

    def snapshots(self, channels: Sequence[str]) -> Iterable[Message]:
        """Return the newest state of each channel."""


class Reader(Listener, Protocol):
    """A listener that may read slowly."""

    @property
    def open(self) -> bool:
        """Whether the listener is still connected."""

    def pause(self) -> bool:
        """Wait until the listener has taken every message. Return whether that took time."""


class CatchingUp:
    """Delivers to one listener. With `closed_only` it leaves running candles out."""

    def __init__(self, hub: Hub, channels: Channels, listener: Reader, *, closed_only: bool) -> None:
        self._hub = hub
        self._channels = channels
        self._listener = listener
        self._closed_only = closed_only

    def begin(self, names: Sequence[str]) -> None:
        """Deliver the newest state of each channel."""
        newest = (message for name in names if (message := self._hub.log.newest(name)) is not None)
        for message in sorted(newest, key=lambda one: one.place):
            self._deliver(message)

    def resumed(self, names: Sequence[str], after: Cursor) -> bool:
        """Deliver the messages after a cursor, and return `True`. Return `False` for an expired cursor."""
        messages = self._hub.replay(after, names)
        if messages is None:
            return False
        self._all(messages, messages[-1].place if messages else after.place, names)
        return True

    def start_over(self, names: Sequence[str], after: Cursor) -> None:
        """Deliver the history since the time of a cursor, then a snapshot of each channel."""
        place = self._hub.log.last
        history = self._channels.missed(after, names)
        for message in history:
            self._deliver(message)
        for message in closed_since(self._hub, place, names, history):
            self._deliver(message)
        self._all([*self._channels.snapshots(names)], self._hub.log.last, names)

    def _all(self, messages: Sequence[Message], place: Place, names: Sequence[str]) -> None:
        """Deliver messages, then those after `place` that were published while the listener was slow."""
        while messages and self._listener.open:
            waited = [self._deliver(message) for message in messages]
            messages = self._hub.log.since(place, names) if any(waited) else []
            place = messages[-1].place if messages else place

    def _deliver(self, message: Message) -> bool:
        """Deliver a message, and return whether the listener was slow."""
        if self._closed_only and message.forming:
            return False
        self._listener.deliver(message)
        return self._listener.pause()


def closed_since(
    hub: Hub, place: Place, names: Sequence[str], history: Iterable[Message]
) -> Iterable[Message]:
    """Yield the messages after a place that the history lacks, without those that newer ones replace.

    Messages that are published while the caller waits follow.
    """
    last = {one.channel: one.reached for one in history if one.reached is not None}
    while found := [one for one in hub.log.since(place, names) if not one.conflated]:
        for message in found:
            if message.reached is None or message.reached > last.get(message.channel, -1):
                yield message
        place = found[-1].place
