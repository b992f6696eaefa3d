"""The messages of the last minutes, which returning clients get.

Of conflated messages, such as prices and running candles, the newest one of each channel is kept. All others
are kept for ten minutes at least.
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
"""Types of messages that hold the state of a channel, even if they are not conflated."""


class Log:
    """The last messages in their order. `begins` is the first place after which no message is missing.

    `reached` has the open time of the last candle of each channel that was published as closed or missing.
    """

    def __init__(self, begins: Place, reached: dict[str, int] | None = None) -> None:
        self.last = self.begins = begins
        self.reached: dict[str, int] = {} if reached is None else reached
        self._messages: deque[Message] = deque()
        self._newest: dict[str, Message] = {}

    def append(self, message: Message) -> None:
        """Add a message that is newer than all others."""
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
        """Return the newest state of a channel, which a new subscription gets first."""
        return self._newest.get(channel)

    @property
    def current(self) -> Collection[str]:
        """The channels whose newest state is known."""
        return self._newest.keys()

    def drop(self, channel: str) -> None:
        """Delete the newest state of a channel that is no longer fed."""
        self._newest.pop(channel, None)

    def forget(self, channel: str) -> None:
        """Delete the position of a series that will begin anew."""
        self.reached.pop(channel, None)

    def has(self, place: Place) -> bool:
        """Return whether all messages after a place are kept."""
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
        """Return the messages that are not conflated, the oldest first."""
        return [*self._messages]

    def ends(self) -> Iterator[Message]:
        """Yield the messages that close a candle or report it as missing, the oldest first."""
        return (message for message in [*self._messages] if message.reached is not None)

    def rename(self, epoch: str) -> None:
        """Begin another sequence with the newest messages. Cursors of the previous one expire."""
        self.begins = self.last
        self._newest = {channel: message.of(epoch) for channel, message in self._newest.items()}

    def take_over(self, before: "Log", channels: Iterable[str], epoch: str) -> None:
        """Copy the state of channels from the log `before` into this log of `epoch`, where it is newer.

        It gets this log's last place, so that clients resume after it.
        """
        for channel in channels:
            copied, known = before.newest(channel), self.newest(channel)
            if copied is not None and (known is None or known.place.time < copied.place.time):
                self._newest[channel] = copied.of(epoch, self.last)

    def _renew(self, message: Message) -> None:
        """Store a channel's state unless a newer one is known, since Redis returns states separately."""
        known = self._newest.get(message.channel)
        if known is None or known.place <= message.place:
            if known is not None:
                known.said = None  # saves memory: late readers decode the bytes
            self._newest[message.channel] = message

    def _forget(self, before: int) -> None:
        while self._messages and (self._messages[0].place.time < before or len(self._messages) > MOST):
            self.begins = self._messages.popleft().place
