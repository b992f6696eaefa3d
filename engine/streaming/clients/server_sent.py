"""A client of server-sent events: it says what it wants in the address, and nothing after that."""

from collections.abc import Mapping

from engine.streaming.clients.client import Client
from engine.streaming.conversation import encode, error
from engine.streaming.framing import event
from engine.streaming.log import Message

RETRY = 3000
"""Milliseconds after which a browser connects again, told with an error that passes."""


class ServerSentClient(Client):
    """A client whose messages have their cursors as ids."""

    __slots__ = ()

    def framed(self, message: Message) -> bytes:
        """Return a message as an event with its cursor."""
        return message.event(message.cursor)

    def say(self, message: Mapping[str, object]) -> None:
        """Send a message to this client alone, under the cursor that it tells, if any."""
        own, cursor = Message(self.own_place(), "", False, encode(message)), message.get("cursor")
        own.event(None if cursor is None else str(cursor))
        self.deliver(own)

    def received(self, data: bytes) -> None:
        """Ignore what a client sends after its request."""

    def farewell(self, code: int, reason: str) -> bytes:
        """Return an error event: browsers connect again after it."""
        return b"retry: %d\n" % RETRY + event(encode(error(None, str(code), reason, None)), None)
