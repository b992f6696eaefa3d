"""The messages of the last minutes, from which clients that were away are brought up to date.

Of what is conflated, such as prices and running candles, the newest message of each channel is kept. All
others are kept for ten minutes at least.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from engine.streaming.cursors import Place
from engine.streaming.framing import event, text_frame

KEPT = 660_000
"""Milliseconds for which messages are kept: ten minutes, and one more for slow clients."""
MOST = 200_000
"""Messages that are kept at most."""
STATES = ("candle", "indicator")
"""Types of messages that tell how a channel is, also where they are not conflated."""


@dataclass(slots=True)
class Message:
    """One message about a channel, as JSON. A newer one makes a `conflated` one superfluous.

    Its forms for clients are made once, however many clients there are.
    """

    place: Place
    channel: str
    conflated: bool
    body: bytes
    kind: str = ""
    """The `type` with which the body begins."""
    reached: int | None = None
    """The open time of the candle whose end it tells."""
    _frame: bytes | None = field(default=None, repr=False, compare=False)
    _event: bytes | None = field(default=None, repr=False, compare=False)

    @property
    def forming(self) -> bool:
        """Whether it is about a running candle."""
        return self.conflated and self.channel.startswith("candles:")

    @property
    def frame(self) -> bytes:
        """The message as a frame of a WebSocket."""
        if self._frame is None:
            self._frame = text_frame(self.body)
        return self._frame

    def event(self, cursor: str | None) -> bytes:
        """Return the message as a server-sent event, whose id is that of the first call."""
        if self._event is None:
            self._event = event(self.body, cursor)
        return self._event


class Log:
    """The last messages in their order. `begins` is the first place after which nothing is missing."""

    def __init__(self, begins: Place) -> None:
        self.last = self.begins = begins
        self._messages: deque[Message] = deque()
        self._newest: dict[str, Message] = {}
        self.reached: dict[str, int] = {}
        """The open time of the last candle whose end was told, by channel."""

    def append(self, message: Message) -> None:
        """Add a message, which is newer than all others."""
        self.last = message.place
        if message.reached is not None:
            self.reached[message.channel] = message.reached
        if message.conflated or message.kind in STATES:
            self._newest[message.channel] = message
        if message.conflated:
            return
        self._messages.append(message)
        self._forget(message.place.time - KEPT)

    def newest(self, channel: str) -> Message | None:
        """Return the newest state of a channel, with which a subscription begins."""
        return self._newest.get(channel)

    def drop(self, channel: str) -> None:
        """Forget the newest state of a channel that is no longer fed."""
        self._newest.pop(channel, None)

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
        found += [
            message
            for message in newest
            if message is not None and message.conflated and message.place > place
        ]
        return sorted(found, key=lambda message: message.place)

    def _forget(self, before: int) -> None:
        while self._messages and (self._messages[0].place.time < before or len(self._messages) > MOST):
            self.begins = self._messages.popleft().place
