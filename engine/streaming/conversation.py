"""What one client and the engine say to each other, whatever the transport. It does no input or output."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson

from engine.errors import ApiError
from engine.streaming.cursors import Cursor
from engine.streaming.hub import Hub, Listener
from engine.streaming.log import Message
from engine.streaming.requests import StreamRequest, WrongRequest, read_request

HEARTBEAT = 15
"""Seconds of silence after which a client is sent a heartbeat."""
BURST, EACH_SECOND = 10, 5
"""Messages that a client may send at once, and in each second."""

MESSAGE_TOO_BIG, RESTART, FULL = 1009, 1012, 1013
KEY_INVALID, TOO_SLOW, AGED, FLOOD = 4001, 4008, 4024, 4029
LONGEST = 4096
"""Bytes of a client's message."""


class Channels(Protocol):
    """The channels that there are."""

    def named(self, texts: Sequence[str]) -> list[str]:
        """Return the canonical names of channels. Raises `ApiError`: `INVALID_CHANNEL`, `STREAM_FULL`."""

    def missed(self, cursor: Cursor, channels: Sequence[str]) -> Iterable[Message]:
        """Return what is known of channels since a cursor that is too old: closed candles, then snapshots."""


class Flood(Exception):
    """The client sends more than it may."""


class Bucket:
    """Counts a client's messages. `now` is in seconds."""

    def __init__(self, now: float) -> None:
        self._left, self._since = float(BURST), now

    def take(self, now: float) -> None:
        """Take one message. Raises `Flood`."""
        self._left = min(float(BURST), self._left + (now - self._since) * EACH_SECOND) - 1
        self._since = now
        if self._left < 0:
            raise Flood


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client's tier allows."""

    channels: int


Say = Callable[[Mapping[str, object]], None]
"""Sends a message of this conversation alone."""


class Conversation:
    """One client's subscriptions. `say` sends to it, `listener` is given the messages of its channels."""

    def __init__(self, hub: Hub, channels: Channels, limits: Limits, listener: Listener, say: Say) -> None:
        self._hub = hub
        self._channels = channels
        self._limits = limits
        self._listener = listener
        self._say = say
        self.subscribed: dict[str, None] = {}
        self._ended = False

    def welcome(self) -> None:
        """Say which epoch it is, and what is allowed."""
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

    def heard(self, text: str | bytes) -> None:
        """Answer a client's text."""
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
        """Begin channels, all of them or none. Raises `ApiError`."""
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
        self._bring_up(names, after)
        if self._ended:  # the client went away meanwhile
            return
        self._hub.subscribe(self._listener, names, closed_only=closed_only)
        self.subscribed |= dict.fromkeys(names)

    def end(self) -> None:
        """Stop listening."""
        self._ended = True
        self._hub.unsubscribe(self._listener, self.subscribed)
        self.subscribed = {}

    def heartbeat(self) -> None:
        """Say that nothing has happened."""
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

    def _bring_up(self, names: Sequence[str], after: Cursor | None) -> None:
        """Deliver what came after a cursor; without one, the newest message of each channel."""
        if after is None:
            newest = (self._hub.log.newest(name) for name in names)
            messages = sorted((one for one in newest if one is not None), key=lambda one: one.place)
        else:
            replayed = self._hub.replay(after, names)
            if replayed is None:
                self._say({"type": "reset", "reason": "the cursor is too old"})
                messages = [*self._channels.missed(after, names)]
            else:
                messages = replayed
        for message in messages:
            self._listener.deliver(message)


def error(
    id_: str | int | None, code: str, message: str, details: Mapping[str, object] | None
) -> dict[str, object]:
    """Return the message about a request that failed."""
    return {
        "type": "error",
        "id": id_,
        "error": {"code": code, "message": message, "details": dict(details or {})},
    }


def encode(message: Mapping[str, object]) -> bytes:
    """Return a message as JSON."""
    return orjson.dumps(message)
