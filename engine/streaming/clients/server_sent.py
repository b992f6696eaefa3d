"""A client of server-sent events: its address has its complete request."""

from collections.abc import Mapping

from engine.streaming.clients.client import Client
from engine.streaming.conversation import encode, error
from engine.streaming.framing import event
from engine.streaming.log import Message

RETRY = 3000
"""Milliseconds after which a browser reconnects, sent with the last event."""


class ServerSentClient(Client):
    """A client that gets messages as events, with their cursors as ids."""

    __slots__ = ()

    def framed(self, message: Message) -> bytes:
        """Return a message as an event with its cursor."""
        return message.event(message.cursor)

    def say(self, message: Mapping[str, object]) -> None:
        """Send a message to this client alone, with its `cursor` as id, if it has one."""
        sent, cursor = Message(self.unique_place(), "", False, encode(message)), message.get("cursor")
        sent.event(None if cursor is None else str(cursor))
        self.deliver(sent)

    def received(self, data: bytes) -> None:
        """Ignore bytes after the request."""

    def farewell(self, code: int, reason: str) -> bytes:
        """Return an error event, after which browsers reconnect."""
        return b"retry: %d\n" % RETRY + event(encode(error(None, str(code), reason, None)), None)
