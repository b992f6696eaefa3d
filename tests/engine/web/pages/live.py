"""A stream whose messages a test decides, in the place of the engine's."""

import json
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

EPOCH = "7f3a1c08"
FIRST = 1_790_000_000_000
REFUSED = 1013


class Stream:
    """Answers the page's WebSockets. `asked` are the requests of all connections, in their order."""

    def __init__(self, page: Page) -> None:
        self.asked: list[dict[str, Any]] = []
        self.connections = 0
        self.is_full = False
        self.cursor = ""
        """The cursor of the last message."""
        self._number = 0
        self._socket: WebSocketRoute | None = None
        self._channels: set[str] = set()
        page.route_web_socket("**/api/stream", self._open)

    @property
    def channels(self) -> set[str]:
        """The channels of the open connection."""
        return self._channels

    @property
    def is_open(self) -> bool:
        """Whether the page is connected."""
        return self._socket is not None

    def tell(self, channel: str, kind: str, **members: object) -> None:
        """Send a message of a type about a channel."""
        self._number += 1
        self.cursor = f"{EPOCH}-{FIRST + self._number}-0"
        self.say({"type": kind, "cursor": self.cursor, "channel": channel, **members})

    def beat(self) -> None:
        """Say that nothing has happened."""
        self._number += 1
        self.cursor = f"{EPOCH}-{FIRST + self._number}-0"
        self.say({"type": "heartbeat", "cursor": self.cursor, "time": FIRST})

    def say(self, message: dict[str, Any]) -> None:
        """Send a message."""
        assert self._socket is not None
        self._socket.send(json.dumps(message))

    def cut(self) -> None:
        """End the connection as a restart does."""
        assert self._socket is not None
        self._socket.close(code=1012, reason="restart")
        self._socket, self._channels = None, set()

    def _open(self, socket: WebSocketRoute) -> None:
        self.connections += 1
        if self.is_full:
            socket.close(code=REFUSED, reason="too many streams")
            return
        self._socket, self._channels = socket, set()
        socket.on_message(self._hear)
        cursor = self.cursor or f"{EPOCH}-{FIRST}-0"
        self.say({"type": "welcome", "epoch": EPOCH, "cursor": cursor, "heartbeatSeconds": 15, "limits": {}})

    def _hear(self, text: str | bytes) -> None:
        request = json.loads(text)
        self.asked.append(request)
        names = set(request["channels"])
        adds = request["op"] == "subscribe"
        self._channels = self._channels | names if adds else self._channels - names
        answer = "subscribed" if adds else "unsubscribed"
        self.say({"type": answer, "id": request.get("id"), "channels": request["channels"]})
