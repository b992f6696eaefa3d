"""A client on a WebSocket with Binance's protocol."""

import socket
import time

from engine.streaming.clients.client import Gone
from engine.streaming.clients.websocket import WebSocketClient
from engine.streaming.conversation import AGED, FLOOD, KEY_INVALID, TOO_SLOW
from engine.streaming.framing import PING, close_frame, frame
from engine.streaming.log import Message
from engine.web.compat.binance.streams._frames import Payload, payload

GOING_AWAY, POLICY = 1001, 1008
ENDS = {
    AGED: (GOING_AWAY, "a connection lasts for 24 hours"),
    FLOOD: (POLICY, "too many requests"),
    KEY_INVALID: (POLICY, "the key is unknown, expired or revoked"),
    TOO_SLOW: (POLICY, "too slow"),
}
"""Binance's close codes and reasons by the engine's close codes."""
PING_EACH, ANSWERED_WITHIN = 20.0, 60.0
"""Seconds between two pings, and most seconds without an answer to one."""
SHUTDOWN = "!serverShutdown"


class BinanceClient(WebSocketClient):
    """A client. If it is `combined`, payloads are wrapped with their stream's name, but answers are not."""

    __slots__ = ("_answered", "_pinged", "combined")

    longest = 64 * 1024
    """Most bytes of a request, enough for 1024 names."""

    def __init__(
        self, sock: socket.socket, owner: str, key: str | None, gone: Gone, *, combined: bool
    ) -> None:
        self.combined = combined
        self._pinged = self._answered = time.monotonic()
        super().__init__(sock, owner, key, gone)

    def framed(self, message: Message) -> bytes:
        """Return the frame of a message, which all clients of its form share."""
        return message.combined if self.combined and isinstance(message, Payload) else message.frame

    def farewell(self, code: int, reason: str) -> bytes:
        """Return a close frame with Binance's code."""
        return close_frame(*ENDS.get(code, (code, reason)))

    def answered(self) -> None:
        """Note that the client has answered a ping."""
        self._answered = time.monotonic()

    def tend(self, now: float) -> None:
        """Ping every 20 seconds, and disconnect after a minute without an answer."""
        if now - self._answered >= ANSWERED_WITHIN:
            self.end(POLICY, "no pong")
        elif now - self._pinged >= PING_EACH and not self.waiting:
            self._pinged = now
            self._pipe.send(frame(PING, b"%d" % int(time.time() * 1000)))

    def announce_end(self, seconds: float) -> None:
        """Ask the client to open another connection."""
        now = int(time.time() * 1000)
        self.deliver(payload(SHUTDOWN, {"e": "serverShutdown", "E": now}, now, conflated=False))

    def restart(self) -> None:
        """Announce the end, and close because the server stops."""
        self.announce_end(0)
        super().restart()
