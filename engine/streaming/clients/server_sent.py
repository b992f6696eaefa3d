"""A client of server-sent events: it says what it wants in the address, and nothing after that."""

import orjson

from engine.streaming.clients.client import Client
from engine.streaming.framing import event
from engine.streaming.log import Message

RETRY = 3000
"""Milliseconds after which a browser connects again, told with an error that passes."""


class ServerSentClient(Client):
    """A client whose messages have their cursors as ids."""

    __slots__ = ("epoch",)

    epoch: str

    def framed(self, message: Message) -> bytes:
        """Return a message as an event. What is of no channel has no id, unless it tells a cursor."""
        if message.channel:
            return message.event(f"{self.epoch}-{message.place.time}-{message.place.number}")
        cursor = orjson.loads(message.body).get("cursor")
        return event(message.body, cursor)

    def received(self, data: bytes) -> None:
        """Ignore what a client sends after its request."""

    def farewell(self, code: int, reason: str) -> bytes:
        """Return an error event: browsers connect again after it."""
        words = {"type": "error", "id": None, "error": {"code": str(code), "message": reason, "details": {}}}
        return b"retry: %d\n" % RETRY + event(orjson.dumps(words), None)
