"""A client of streams, and servers that stream from the stand-in."""

import json
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.documented_streams import mistakes
from tests.running import Engine

LONG = 30
"""Seconds in which whatever is awaited must have come."""


class Client:
    """A client on a WebSocket."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def ask(self, **request: object) -> None:
        """Send a request."""
        self._connection.send(json.dumps(request))

    def next(self, *types: str) -> Any:
        """Return the next message of one of these types."""
        while True:
            message = json.loads(self._connection.recv(LONG))
            assert mistakes(message) == []
            if message["type"] in types:
                return message

    def closed(self) -> int | None:
        """Return the code with which the server ends the stream."""
        try:
            while True:
                self._connection.recv(LONG)
        except ConnectionClosed as ended:
            return ended.rcvd.code if ended.rcvd else None


def opened(engine: Engine, **more: Any) -> ClientConnection:
    """Return a WebSocket to the engine."""
    address = engine.url.replace("http", "ws") + "/api/stream"
    return connect(address, subprotocols=["engine.v1"], open_timeout=LONG, **more)  # type: ignore[list-item]
