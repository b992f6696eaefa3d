"""The hub of one worker: who listens to which channel, and what was said in it lately.

It knows nothing of sockets and venues. Messages come in with their places; they go out to the listeners of
their channel at once.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from engine.streaming.cursors import Cursor, Place
from engine.streaming.log import Log, Message

LINGER = 60_000
"""Milliseconds for which a channel without listeners is still fed."""


class Listener(Protocol):
    """Someone who is given messages."""

    def deliver(self, message: Message) -> None:
        """Take a message. It must not wait."""


class Hub:
    """Hands messages to listeners. `epoch` changes when earlier messages are lost."""

    def __init__(self, epoch: str, clock: Callable[[], int]) -> None:
        self.epoch = epoch
        self.log = Log(Place(clock(), 0))
        self.listening = 0
        """The number of pairs of a listener and a channel."""
        self._clock = clock
        self._listeners: dict[str, dict[Listener, bool]] = {}
        self._left: dict[str, int] = {}

    def publish(self, message: Message) -> None:
        """Keep a message, and hand it to those who listen to its channel."""
        self.log.append(message)
        forming = message.forming
        listeners = self._listeners.get(message.channel)
        if not listeners:
            return
        for listener, closed_only in [*listeners.items()]:
            if not (forming and closed_only):
                listener.deliver(message)

    def subscribe(self, listener: Listener, channels: Iterable[str], *, closed_only: bool = False) -> None:
        """Add a listener to channels."""
        for channel in channels:
            listeners = self._listeners.setdefault(channel, {})
            self.listening += listener not in listeners
            listeners[listener] = closed_only
            self._left.pop(channel, None)

    def unsubscribe(self, listener: Listener, channels: Iterable[str]) -> None:
        """Remove a listener from channels."""
        for channel in channels:
            listeners = self._listeners.get(channel)
            if listeners is None or listener not in listeners:
                continue
            del listeners[listener]
            self.listening -= 1
            if not listeners:
                del self._listeners[channel]
                self._left[channel] = self._clock()

    def wanted(self) -> list[str]:
        """Return the channels that are to be fed: those with listeners, and those that had some lately."""
        now = self._clock()
        for channel in [channel for channel, since in self._left.items() if now - since >= LINGER]:
            del self._left[channel]
            self.log.drop(channel)
        return [*self._listeners, *self._left]

    def now(self) -> int:
        """Return Unix milliseconds."""
        return self._clock()

    def cursor(self, place: Place | None = None) -> str:
        """Return the cursor of a place, or of the last message."""
        return str(Cursor(self.epoch, self.log.last if place is None else place))

    def replay(self, cursor: Cursor, channels: Collection[str]) -> list[Message] | None:
        """Return what came after a cursor, `None` where it is too old or of another epoch."""
        if cursor.epoch != self.epoch or not self.log.has(cursor.place):
            return None
        return self.log.since(cursor.place, channels)
