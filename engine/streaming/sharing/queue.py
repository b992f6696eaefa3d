"""The leader's queue of messages for Redis, and the conversion of messages to their form in Redis."""

import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple

from engine.store.sequence import Sent
from engine.store.sequence.values import Mark
from engine.streaming.cursors import Place
from engine.streaming.message import Message
from engine.streaming.publishing import placed

MOST = 1_000
"""Most messages that are sent to Redis at once."""
Body = Mapping[str, object]


class Waiting(NamedTuple):
    """A message without a place yet."""

    channel: str
    mark: Mark
    body: Body | None = None
    reached: int | None = None


class Queue:
    """Keeps messages in order until they are sent, and of conflated ones the newest of each channel."""

    def __init__(self) -> None:
        self.filled = threading.Event()
        self._waiting: dict[str | int, Waiting] = {}
        self._number = 0

    def publish(self, channel: str, body: Body, *, conflated: bool, reached: int | None = None) -> None:
        """Append a message about a channel."""
        self._put(Waiting(channel, "newest" if conflated else "kept", body, reached))

    def ended(self, channel: str) -> None:
        """Append the notice that a channel is no longer fed."""
        self._put(Waiting(channel, "ended"))

    def forgotten(self, channel: str) -> None:
        """Append the notice that a series will begin anew."""
        self._put(Waiting(channel, "forgotten"))

    def take(self) -> list[Waiting]:
        """Remove and return the first messages, at most a thousand."""
        keys = [*self._waiting][:MOST]
        if len(keys) == len(self._waiting):
            self.filled.clear()
        return [self._waiting.pop(key) for key in keys]

    def clear(self) -> None:
        """Drop all messages."""
        self._waiting.clear()
        self.filled.clear()

    def _put(self, message: Waiting) -> None:
        self._number += 1
        key = message.channel if message.mark == "newest" else self._number
        self._waiting.pop(key, None)
        self._waiting[key] = message
        self.filled.set()


def written(epoch: str, after: Place, waiting: list[Waiting], clock: Callable[[], int]) -> list[Sent]:
    """Give messages their places, and encode them as JSON once for all clients of all workers."""
    sent: list[Sent] = []
    for one in waiting:
        after = after.next(clock())
        if one.body is None:
            sent.append(Sent(*after, one.channel, one.mark, "", None, b""))
            continue
        conflated = one.mark == "newest"
        message = placed(epoch, after, one.channel, one.body, conflated=conflated, reached=one.reached)
        sent.append(as_sent(message))
    return sent


def as_sent(message: Message) -> Sent:
    """Return a message in its form in Redis."""
    mark: Mark = "newest" if message.conflated else "kept"
    return Sent(*message.place, message.channel, mark, message.kind, message.reached, message.body)


def as_message(epoch: str, sent: Sent) -> Message:
    """Return a message from its form in Redis."""
    conflated = sent.mark == "newest"
    return Message(sent.place, sent.channel, conflated, sent.body, sent.kind, epoch, sent.reached)
