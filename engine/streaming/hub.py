"""The hub of one worker: who listens to which channel, and what was said in it lately.

It knows nothing of sockets and venues. Messages come in with their places; they go out to the listeners of
their channel one after the other, with pauses in which other requests run.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple, Protocol

from engine.concurrency.yielding import BREATH, cooperatively
from engine.streaming.cursors import Cursor, Place
from engine.streaming.log import Log, Message
from engine.streaming.message import reset

LINGER = 60_000
"""Milliseconds for which a channel without listeners is still fed."""
NOWHERE = Place(0, 0)
"""A place before all messages."""


class Listener(Protocol):
    """Someone who is given messages."""

    def deliver(self, message: Message) -> None:
        """Take a message. It must not wait."""


class Subscription(NamedTuple):
    """How a listener has subscribed to a channel. It knows what is in the log up to `after`."""

    closed_only: bool
    after: Place


class Hub:
    """Hands messages to listeners. `epoch` changes when earlier messages are lost."""

    def __init__(self, epoch: str, clock: Callable[[], int]) -> None:
        self.epoch = epoch
        self.log = Log(Place(clock(), 0))
        self.listening = 0
        """The number of pairs of a listener and a channel."""
        self.wait_for: Callable[[Cursor], None] = lambda cursor: None
        """Waits for a moment until a cursor of another worker is known here."""
        self.wake: Callable[[], None] = lambda: None
        """Called when a channel gets its first listener."""
        self._clock = clock
        self._listeners: dict[str, dict[Listener, Subscription]] = {}
        self._left: dict[str, int] = {}
        self._told: dict[str, tuple[int, frozenset[Listener]]] = {}
        self._leaving: deque[Message] = deque()
        self._is_spreading = False

    def publish(self, message: Message) -> None:
        """Keep a message, and hand it to those who listen to its channel.

        While another one is being handed out, it waits behind that: all listeners have one order.
        """
        self.log.append(message)
        if message.channel not in self._listeners:
            return
        self._leaving.append(message)
        if self._is_spreading:
            return
        self._is_spreading = True
        try:
            while self._leaving:
                self._spread(self._leaving.popleft())
        finally:
            self._is_spreading = False

    def _spread(self, message: Message) -> None:
        """Hand a message out. Listeners that come or leave in a pause are not given it."""
        listeners = self._listeners.get(message.channel, {})
        forming, place = message.forming, message.place
        had = self._had(message) if self._told else ()
        for listener in cooperatively([*listeners]):
            one = listeners.get(listener)
            if one is None or one.after >= place or (forming and one.closed_only) or listener in had:
                continue
            listener.deliver(message)

    def subscribe(self, listener: Listener, channels: Iterable[str], *, closed_only: bool = False) -> None:
        """Add a listener to channels."""
        for channel in channels:
            listeners = self._listeners.setdefault(channel, {})
            if not listeners:
                self.wake()
            self.listening += listener not in listeners
            listeners[listener] = Subscription(closed_only, self.log.last)
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
        self._left = {channel: since for channel, since in self._left.items() if now - since < LINGER}
        return [*self._listeners, *self._left]

    def begin(self, epoch: str, log: Log) -> None:
        """Go on with a sequence of before, while there are no listeners."""
        self.epoch, self.log = epoch, log

    def now(self) -> int:
        """Return Unix milliseconds."""
        return self._clock()

    def cursor(self, place: Place | None = None) -> str:
        """Return the cursor of a place, or of the last message."""
        return str(Cursor(self.epoch, self.log.last if place is None else place))

    def replay(self, cursor: Cursor, channels: Collection[str]) -> list[Message] | None:
        """Return what came after a cursor, `None` where it is too old or of another epoch."""
        self.wait_for(cursor)
        if cursor.epoch != self.epoch or not self.log.has(cursor.place):
            return None
        return self.log.since(cursor.place, channels)

    def restart(self, epoch: str, log: Log | None = None) -> None:
        """Go on with another sequence: that of a `log`, or by default this worker's own one.

        Listeners are told of the break, then of the candles that closed meanwhile, then how each channel is.
        What they have been told before is not told again, and no older state follows a newer one.
        """
        while self._is_spreading:
            time.sleep(BREATH)
        before = self.log
        for channel, listeners in self._listeners.items():
            if (reached := before.reached.get(channel)) is not None:
                told, _ = self._told.get(channel, (reached, ()))
                self._told[channel] = max(reached, told), frozenset(listeners)
        if log is not None:
            log.take_over(before, self.wanted(), epoch)
        self.epoch, self.log = epoch, before if log is None else log
        for listeners in self._listeners.values():
            for listener, one in listeners.items():
                listeners[listener] = one._replace(
                    after=NOWHERE
                )  # places of two sequences cannot be compared
        if log is None:
            before.rename(epoch)
        broken = reset("the messages between are lost")
        everyone = {one: None for listeners in self._listeners.values() for one in listeners}
        for listener in cooperatively(everyone):
            listener.deliver(broken)
        for message in cooperatively([*self._untold()]):
            for listener in [*self._listeners.get(message.channel, ())]:
                listener.deliver(message)

    def _untold(self) -> Iterator[Message]:
        """Yield what listeners need to know after a break."""
        for message in self.log.ends():
            if message.channel in self._told and not self._had(message):
                yield message
        for channel in self._listeners:
            newest = self.log.newest(channel)
            if newest is not None and not self._had(newest):
                yield newest.snapshot()

    def _had(self, message: Message) -> Collection[Listener]:
        """Return the listeners who were told before a break what a message tells about a candle."""
        told, listeners = self._told.get(message.channel, (0, frozenset()))
        if message.reached is None or not listeners:
            return ()
        if message.reached < told or (message.reached == told and not message.conflated):
            return listeners
        if not message.conflated:
            self._told[message.channel] = message.reached, frozenset()
        return ()
