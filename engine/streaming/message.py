"""One message about a channel, encoded once for all clients of a transport."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from engine.streaming.cursors import Cursor, Place
from engine.streaming.framing import event, text_frame


@dataclass(slots=True)
class Message:
    """One message about a channel, as JSON. A newer message replaces a `conflated` one.

    Each transport's form is encoded once, however many clients get it.
    """

    place: Place
    channel: str
    conflated: bool
    body: bytes
    kind: str = ""
    """The `type` with which the body begins."""
    epoch: str = ""
    """The sequence to which its place belongs."""
    reached: int | None = None
    """The open time of the last candle that this message or an earlier one reports as closed or missing."""
    said: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    """The values of the body, without the cursor; `None` if read from Redis or a file, or replaced."""
    _frame: bytes | None = field(default=None, repr=False, compare=False)
    _event: bytes | None = field(default=None, repr=False, compare=False)

    @property
    def forming(self) -> bool:
        """Whether the message is about a running candle."""
        return self.conflated and self.channel.startswith("candles:")

    @property
    def frame(self) -> bytes:
        """The message as a frame of a WebSocket."""
        if self._frame is None:
            self._frame = text_frame(self.body)
        return self._frame

    @property
    def cursor(self) -> str | None:
        """The message's cursor, `None` for a message to one client alone."""
        return str(Cursor(self.epoch, self.place)) if self.channel else None

    def event(self, cursor: str | None) -> bytes:
        """Return the message as a server-sent event. Its id is the cursor of the first call."""
        if self._event is None:
            self._event = event(self.body, cursor)
        return self._event

    def of(self, epoch: str, place: Place | None = None) -> "Message":
        """Return the message in another sequence, by default at the same place."""
        place = self.place if place is None else place
        rest = self.body.removeprefix(_head(self.kind, self.cursor, self.channel))
        body = _head(self.kind, str(Cursor(epoch, place)), self.channel) + rest
        return replace(self, place=place, body=body, epoch=epoch, _frame=None, _event=None)

    def snapshot(self) -> "Message":
        """Return the message as a snapshot, with its type as `of`."""
        rest = self.body.removeprefix(b'{"type":"%b"' % self.kind.encode())
        body = b'{"type":"snapshot","of":"%b"' % self.kind.encode() + rest
        said = None if self.said is None else {**self.said, "type": "snapshot", "of": self.kind}
        return Message(self.place, self.channel, False, body, "snapshot", self.epoch, said=said)


def reset(reason: str) -> Message:
    """Return the message about a break of the sequence, for one client or for all."""
    return Message(Place(0, 0), "", False, orjson.dumps({"type": "reset", "reason": reason}), "reset")


def _head(kind: str, cursor: str | None, channel: str) -> bytes:
    """Return the members with which every message begins."""
    return orjson.dumps({"type": kind, "cursor": cursor, "channel": channel}).removesuffix(b"}")
