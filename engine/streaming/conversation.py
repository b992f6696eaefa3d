"""The protocol between one client and the engine, for every transport. It does no input or output."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import orjson

from engine.errors import ApiError
from engine.streaming.catching_up import CatchingUp, Channels, Reader
from engine.streaming.cursors import Cursor
from engine.streaming.hub import Hub
from engine.streaming.requests import StreamRequest, WrongRequest, read_request

HEARTBEAT = 15
"""Seconds without a message after which a client gets a heartbeat."""
BURST, EACH_SECOND = 10, 5
"""Messages that a client may send at once, and per second."""

MESSAGE_TOO_BIG, RESTART, FULL = 1009, 1012, 1013
KEY_INVALID, TOO_SLOW, AGED, FLOOD = 4001, 4008, 4024, 4029
LONGEST = 4096
"""Most bytes of a client's message."""


class Flood(Exception):
    """The client has exceeded its rate limit."""


class Bucket:
    """Token bucket of a client: `burst` messages at once, and `each` per second. `now` is in seconds."""

    def __init__(self, now: float, burst: int = BURST, each: int = EACH_SECOND) -> None:
        self._burst, self._each = float(burst), each
        self._left, self._since = self._burst, now

    def take(self, now: float) -> None:
        """Take a token. Raises `Flood` without one."""
        self._left = min(self._burst, self._left + (now - self._since) * self._each) - 1
        self._since = now
        if self._left < 0:
            raise Flood


class Limits(msgspec.Struct, frozen=True):
    """The limits of a client's tier."""

    channels: int


Say = Callable[[Mapping[str, object]], None]
"""Sends a message to this client alone."""


class Conversation:
    """One client's subscriptions. `say` sends to the client, and `listener` gets its channels' messages."""

    def __init__(self, hub: Hub, channels: Channels, limits: Limits, listener: Reader, say: Say) -> None:
        self._hub = hub
        self._channels = channels
        self._limits = limits
        self._listener = listener
        self._say = say
        self.subscribed: dict[str, None] = {}

    def welcome(self) -> None:
        """Send the epoch, the cursor and the limits."""
        limits = {
            "channels": self._limits.channels,
            "messageBytes": LONGEST,
            "messagesPerSecond": EACH_SECOND,
        }
        self._say(
            {
                "type": "welcome",
                "epoch": self._hub.epoch,
                "cursor": self._hub.cursor(),
                "heartbeatSeconds": HEARTBEAT,
                "limits": limits,
            }
        )

    def handle(self, text: str | bytes) -> None:
        """Parse a client's message, and answer it."""
        try:
            request = read_request(text)
        except WrongRequest as wrong:
            self._say(error(wrong.id, "INVALID_PARAMETER", str(wrong), wrong.details))
            return
        try:
            self._answer(request)
        except ApiError as failed:
            self._say(error(request.id, failed.code, failed.message, failed.details))

    def subscribe(
        self, texts: Sequence[str], *, closed_only: bool, after: Cursor | None, id_: str | int | None = None
    ) -> None:
        """Subscribe to all of the channels, or to none. Raises `ApiError`."""
        names = self._channels.named(texts)
        together = {*self.subscribed, *names}
        if len(together) > self._limits.channels:
            raise ApiError(
                "Too many channels",
                {"limit": self._limits.channels, "channels": len(together)},
                code="TOO_MANY_CHANNELS",
                status=400,
            )
        self._hub.unsubscribe(self._listener, names)
        self._say({"type": "subscribed", "id": id_, "channels": names})
        catching_up = CatchingUp(self._hub, self._channels, self._listener, closed_only=closed_only)
        if after is None:
            catching_up.begin(names)
        elif not catching_up.resumed(names, after):
            self._say({"type": "reset", "reason": "the cursor is too old"})
            catching_up.start_over(names, after)
        if self._listener.open:
            self._hub.subscribe(self._listener, names, closed_only=closed_only)
            self.subscribed |= dict.fromkeys(names)

    def end(self) -> None:
        """End all subscriptions."""
        self._hub.unsubscribe(self._listener, self.subscribed)
        self.subscribed = {}

    def heartbeat(self) -> None:
        """Send a heartbeat, with the cursor and the time."""
        now = self._hub.now()
        self._say({"type": "heartbeat", "cursor": self._hub.cursor(), "time": now})

    def _answer(self, request: StreamRequest) -> None:
        match request.operation:
            case "ping":
                self._say({"type": "pong", "id": request.id})
            case "list":
                self._say({"type": "channels", "id": request.id, "channels": [*self.subscribed]})
            case "unsubscribe":
                names = self._channels.named(request.channels)
                self._hub.unsubscribe(self._listener, names)
                for name in names:
                    self.subscribed.pop(name, None)
                self._say({"type": "unsubscribed", "id": request.id, "channels": names})
            case "subscribe":
                self.subscribe(
                    request.channels, closed_only=request.closed_only, after=request.after, id_=request.id
                )


def error(
    id_: str | int | None, code: str, message: str, details: Mapping[str, object] | None
) -> dict[str, object]:
    """Return the message for a failed request."""
    return {
        "type": "error",
        "id": id_,
        "error": {"code": code, "message": message, "details": dict(details or {})},
    }


def encode(message: Mapping[str, object]) -> bytes:
    """Return a message as JSON."""
    return orjson.dumps(message)
