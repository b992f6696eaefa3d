"""Give messages their places in the one sequence, and hand them to the hub of each worker.

Where workers share a Redis, the leader appends to a Redis Stream, and every worker reads it, the leader too:
a message exists once it is in Redis. Without Redis the one worker hands it to its own hub.
"""

import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson

from engine.streaming.cursors import Cursor, Place
from engine.streaming.hub import Hub
from engine.streaming.log import Message
from engine.streaming.messages import reached

log = logging.getLogger(__name__)


def new_epoch() -> str:
    """Return a name for a new sequence."""
    return uuid.uuid4().hex[:8]


class Publisher(Protocol):
    """Takes messages in their order."""

    def publish(self, channel: str, body: Mapping[str, object], *, conflated: bool) -> None:
        """Append a message about a channel."""


def placed(epoch: str, place: Place, channel: str, body: Mapping[str, object], *, conflated: bool) -> Message:
    """Return a message with its cursor and channel."""
    head: dict[str, Any] = {"type": body["type"], "cursor": str(Cursor(epoch, place)), "channel": channel}
    encoded = orjson.dumps(head | dict(body))
    return Message(place, channel, conflated, encoded, str(body["type"]), reached(body))


class LocalPublisher:
    """Hands messages to the hub of this worker, the only one."""

    def __init__(self, hub: Hub, clock: Callable[[], int]) -> None:
        self._hub = hub
        self._clock = clock

    def publish(self, channel: str, body: Mapping[str, object], *, conflated: bool) -> None:
        """Append a message about a channel."""
        place = self._hub.log.last.next(self._clock())
        self._hub.publish(placed(self._hub.epoch, place, channel, body, conflated=conflated))
