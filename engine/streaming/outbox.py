"""The queue of one client: messages in order, and of conflated ones only the newest of each channel."""

from engine.streaming.cursors import Place
from engine.streaming.log import Message

MOST_BYTES = 256 * 1024
"""Most bytes that wait for a client. A slower client is disconnected."""
FRAME = 64
"""Estimated bytes of a waiting message beside its body."""


class Overflow(Exception):
    """More bytes wait for the client than allowed."""


class Outbox:
    """The waiting messages of a client, of at most `most` bytes."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.bytes = 0
        self._most = most
        self._waiting: dict[str | tuple[str, Place], Message] = {}

    def __len__(self) -> int:
        """Return the number of waiting messages."""
        return len(self._waiting)

    def put(self, message: Message) -> None:
        """Add a message. A conflated one replaces an older one of its channel. Raises `Overflow`."""
        key = message.channel if message.conflated else (message.epoch, message.place)
        older = self._waiting.pop(key, None)
        if older is not None:
            self.bytes -= len(older.body) + FRAME
        self._waiting[key] = message
        self.bytes += len(message.body) + FRAME
        if self.bytes > self._most:
            raise Overflow

    def take(self) -> Message | None:
        """Remove and return the first message, `None` if none waits."""
        for key, message in self._waiting.items():
            del self._waiting[key]
            self.bytes -= len(message.body) + FRAME
            return message
        return None
