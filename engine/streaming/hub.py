"""The hub of one worker: the listeners of each channel, and its recent messages.

It is independent of sockets and venues. Each message comes with its place, and goes to the listeners of its
channel one after the other, with pauses in which other requests run.
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
"""Milliseconds for which a channel is fed after its last listener has left."""
NOWHERE = Place(0, 0)
"""A place before all messages."""


class Listener(Protocol):
    """A subscriber that receives messages."""

    def deliver(self, message: Message) -> None:
        """Receive a message, without waiting."""


class Subscription(NamedTuple):
    """A listener's subscription to a channel. The listener has the messages of the log up to `after`."""

    closed_only: bool
    after: Place


class Hub:
    """Delivers messages to listeners. `epoch` changes when earlier messages are lost."""

    def __init__(self, epoch: str, clock: Callable[[], int]) -> None:
        self.epoch = epoch
        self.log = Log(Place(clock(), 0))
        self.listening = 0
        """The number of subscriptions."""
        self.wait_for: Callable[[Cursor], None] = lambda cursor: None
        """Waits briefly until this worker has read another worker's cursor."""
        self.wake: Callable[[], None] = lambda: None
        """Called when a channel gets its first listener."""
        self._clock = clock
        self._listeners: dict[str, dict[Listener, Subscription]] = {}
        self._left: dict[str, int] = {}
        self._delivered: dict[str, tuple[int, frozenset[Listener]]] = {}
        self._leaving: deque[Message] = deque()
        self._is_spreading = False

    def publish(self, message: Message) -> None:
        """Store a message, and deliver it to the listeners of its channel.

        A message that comes during the delivery of another one is queued: all listeners get the same order.
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
        """Deliver a message, except to listeners that come or leave during a pause."""
        listeners = self._listeners.get(message.channel, {})
        forming, place = message.forming, message.place
        had = self._had(message) if self._delivered else ()
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
        """Return the channels to feed: those with listeners, and those whose last listener left recently."""
        now = self._clock()
        self._left = {channel: since for channel, since in self._left.items() if now - since < LINGER}
        return [*self._listeners, *self._left]

    def begin(self, epoch: str, log: Log) -> None:
        """Continue a saved sequence, before there are listeners."""
        self.epoch, self.log = epoch, log

    def now(self) -> int:
        """Return Unix milliseconds."""
        return self._clock()

    def cursor(self, place: Place | None = None) -> str:
        """Return the cursor of a place, or of the last message."""
        return str(Cursor(self.epoch, self.log.last if place is None else place))

    def replay(self, cursor: Cursor, channels: Collection[str]) -> list[Message] | None:
        """Return the messages after a cursor, `None` for an expired one or one of another epoch."""
        self.wait_for(cursor)
        if cursor.epoch != self.epoch or not self.log.has(cursor.place):
            return None
        return self.log.since(cursor.place, channels)

    def restart(self, epoch: str, log: Log | None = None) -> None:
        """Switch to another sequence: that of a `log`, or by default a new one of this worker.

        Listeners get a `reset`, the candles that closed during the break, and a snapshot of each channel.
        They get no message twice, and no older state after a newer one.
        """
        while self._is_spreading:
            time.sleep(BREATH)
        before = self.log
        for channel, listeners in self._listeners.items():
            if (reached := before.reached.get(channel)) is not None:
                earlier, _ = self._delivered.get(channel, (reached, ()))
                self._delivered[channel] = max(reached, earlier), frozenset(listeners)
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
        for message in cooperatively([*self._undelivered()]):
            for listener in [*self._listeners.get(message.channel, ())]:
                listener.deliver(message)

    def _undelivered(self) -> Iterator[Message]:
        """Yield the messages that listeners have missed during a break."""
        for message in self.log.ends():
            if message.channel in self._delivered and not self._had(message):
                yield message
        for channel in self._listeners:
            newest = self.log.newest(channel)
            if newest is not None and not self._had(newest):
                yield newest.snapshot()

    def _had(self, message: Message) -> Collection[Listener]:
        """Return the listeners that got this state of a candle before a break."""
        last, listeners = self._delivered.get(message.channel, (0, frozenset()))
        if message.reached is None or not listeners:
            return ()
        if message.reached < last or (message.reached == last and not message.conflated):
            return listeners
        if not message.conflated:
            self._delivered[message.channel] = message.reached, frozenset()
        return ()
