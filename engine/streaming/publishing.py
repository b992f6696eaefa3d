"""Give messages their places in the sequence, and pass them to the hub.

This module serves a single worker. `engine/streaming/sharing` serves workers that share a Redis.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson

from engine.streaming.cursors import Cursor, Place
from engine.streaming.hub import Hub
from engine.streaming.log import Message


def new_epoch() -> str:
    """Return a name for a new sequence."""
    return uuid.uuid4().hex[:8]


class Publisher(Protocol):
    """Publishes messages in their order."""

    def publish(
        self, channel: str, body: Mapping[str, object], *, conflated: bool, reached: int | None = None
    ) -> None:
        """Append a message about a channel.

        `reached` is the open time of the last candle that this or an earlier message reports as closed or
        missing.
        """

    def ended(self, channel: str) -> None:
        """Delete the newest message of a channel that is no longer fed."""

    def forgotten(self, channel: str) -> None:
        """Delete the position of a series that will begin anew."""


def placed(
    epoch: str,
    place: Place,
    channel: str,
    body: Mapping[str, object],
    *,
    conflated: bool,
    reached: int | None = None,
) -> Message:
    """Return a message with its cursor and channel."""
    head: dict[str, Any] = {"type": body["type"], "cursor": str(Cursor(epoch, place)), "channel": channel}
    written = orjson.dumps(head | dict(body))
    return Message(place, channel, conflated, written, str(body["type"]), epoch, reached, said=body)


class LocalPublisher:
    """Publishes messages to the hub of the only worker."""

    def __init__(self, hub: Hub, clock: Callable[[], int]) -> None:
        self._hub = hub
        self._clock = clock

    def publish(
        self, channel: str, body: Mapping[str, object], *, conflated: bool, reached: int | None = None
    ) -> None:
        """Append a message about a channel."""
        place = self._hub.log.last.next(self._clock())
        self._hub.publish(placed(self._hub.epoch, place, channel, body, conflated=conflated, reached=reached))

    def ended(self, channel: str) -> None:
        """Delete the newest message of a channel that is no longer fed."""
        self._hub.log.drop(channel)

    def forgotten(self, channel: str) -> None:
        """Delete the position of a series that will begin anew."""
        self._hub.log.forget(channel)
