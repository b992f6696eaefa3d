"""The messages of the last minutes, from which clients that were away are brought up to date.

Of what is conflated, such as prices and running candles, the newest message of each channel is kept. All
others are kept for ten minutes at least.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Iterable, Iterator

from engine.streaming.cursors import Place
from engine.streaming.message import Message

__all__ = ["KEPT", "MOST", "Log", "Message"]

KEPT = 660_000
"""Milliseconds for which messages are kept: ten minutes, and one more for slow clients."""
MOST = 200_000
"""Messages that are kept at most."""
STATES = ("candle", "indicator")
"""Types of messages that tell how a channel is, also where they are not conflated."""


class Log:
    """The last messages in their order. `begins` is the first place after which nothing is missing.

    `reached` has the open time of the last candle whose end was told, by channel.
    """

    def __init__(self, begins: Place, reached: dict[str, int] | None = None) -> None:
        self.last = self.begins = begins
        self.reached: dict[str, int] = {} if reached is None else reached
        self._messages: deque[Message] = deque()
        self._newest: dict[str, Message] = {}

    def append(self, message: Message) -> None:
        """Add a message, which is newer than all others."""
        self.last = message.place
        if message.reached is not None:
            self.reached[message.channel] = message.reached
        if message.conflated or message.kind in STATES:
            self._renew(message)
        if message.conflated:
            return
        self._messages.append(message)
        self._forget(message.place.time - KEPT)

    def newest(self, channel: str) -> Message | None:
        """Return the newest state of a channel, with which a subscription begins."""
        return self._newest.get(channel)

    @property
    def current(self) -> Collection[str]:
        """The channels whose newest state is known."""
        return self._newest.keys()

    def drop(self, channel: str) -> None:
        """Forget the newest state of a channel that is no longer fed."""
        self._newest.pop(channel, None)

    def forget(self, channel: str) -> None:
        """Forget how far a series was told that will not go on there."""
        self.reached.pop(channel, None)

    def has(self, place: Place) -> bool:
        """Return whether nothing is missing after a place."""
        return self.begins <= place <= self.last

    def since(self, place: Place, channels: Collection[str]) -> list[Message]:
        """Return the messages of `channels` after a place, in their order."""
        start = bisect_right(self._messages, place, key=lambda message: message.place)
        found = [
            self._messages[index]
            for index in range(start, len(self._messages))
            if self._messages[index].channel in channels
        ]
        newest = (self._newest.get(channel) for channel in channels)
        found += [one for one in newest if one is not None and one.conflated and one.place > place]
        return sorted(found, key=lambda message: message.place)

    def kept(self) -> list[Message]:
        """Return the messages that newer ones do not replace, the oldest first."""
        return [*self._messages]

    def ends(self) -> Iterator[Message]:
        """Yield what was told about the end of candles, the oldest first."""
        return (message for message in [*self._messages] if message.reached is not None)

    def rename(self, epoch: str) -> None:
        """Go on as another sequence: the newest messages belong to it, and older cursors are lost."""
        self.begins = self.last
        self._newest = {channel: message.of(epoch) for channel, message in self._newest.items()}

    def take_over(self, before: "Log", channels: Iterable[str], epoch: str) -> None:
        """Keep what `before` knows of channels and this log, of `epoch`, does not know yet.

        It gets the last place here, so that clients resume after it.
        """
        for channel in channels:
            told, known = before.newest(channel), self.newest(channel)
            if told is not None and (known is None or known.place.time < told.place.time):
                self._newest[channel] = told.of(epoch, self.last)

    def _renew(self, message: Message) -> None:
        """Take a channel's state, unless a newer one is known: what is kept elsewhere comes in parts."""
        known = self._newest.get(message.channel)
        if known is None or known.place <= message.place:
            if known is not None:
                known.said = None  # those that come later read its bytes: minutes of both would be much
            self._newest[message.channel] = message

    def _forget(self, before: int) -> None:
        while self._messages and (self._messages[0].place.time < before or len(self._messages) > MOST):
            self.begins = self._messages.popleft().place
