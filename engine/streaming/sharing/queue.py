"""Messages of the leader that wait for Redis, and how messages are written there and read again."""

import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple

from engine.store.sequence import Sent
from engine.store.sequence.values import Mark
from engine.streaming.cursors import Place
from engine.streaming.message import Message
from engine.streaming.publishing import placed

MOST = 1_000
"""Messages that are sent to Redis at once."""
Body = Mapping[str, object]


class Waiting(NamedTuple):
    """A message that has no place yet."""

    channel: str
    mark: Mark
    body: Body | None = None
    reached: int | None = None


class Queue:
    """Keeps messages in their order until they are sent: of conflated ones the newest of each channel."""

    def __init__(self) -> None:
        self.filled = threading.Event()
        self._waiting: dict[str | int, Waiting] = {}
        self._number = 0

    def publish(self, channel: str, body: Body, *, conflated: bool, reached: int | None = None) -> None:
        """Append a message about a channel."""
        self._put(Waiting(channel, "newest" if conflated else "kept", body, reached))

    def ended(self, channel: str) -> None:
        """Say that a channel is no longer fed."""
        self._put(Waiting(channel, "ended"))

    def forgotten(self, channel: str) -> None:
        """Say that a series will begin anew."""
        self._put(Waiting(channel, "forgotten"))

    def take(self) -> list[Waiting]:
        """Remove and return the first messages, a thousand at most."""
        keys = [*self._waiting][:MOST]
        if len(keys) == len(self._waiting):
            self.filled.clear()
        return [self._waiting.pop(key) for key in keys]

    def clear(self) -> None:
        """Drop everything."""
        self._waiting.clear()
        self.filled.clear()

    def _put(self, message: Waiting) -> None:
        self._number += 1
        key = message.channel if message.mark == "newest" else self._number
        self._waiting.pop(key, None)
        self._waiting[key] = message
        self.filled.set()


def written(epoch: str, after: Place, waiting: list[Waiting], clock: Callable[[], int]) -> list[Sent]:
    """Return messages with their places, as JSON for all clients of all workers."""
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
    """Return a message as Redis holds it."""
    mark: Mark = "newest" if message.conflated else "kept"
    return Sent(*message.place, message.channel, mark, message.kind, message.reached, message.body)


def as_message(epoch: str, sent: Sent) -> Message:
    """Return a message as clients get it."""
    conflated = sent.mark == "newest"
    return Message(sent.place, sent.channel, conflated, sent.body, sent.kind, epoch, sent.reached)
