"""Payloads as messages for many clients: raw, or wrapped with the name of their stream."""

from dataclasses import dataclass, field
from itertools import count

import orjson

from engine.streaming.cursors import Place
from engine.streaming.framing import text_frame
from engine.streaming.log import Message

_numbers = count(1)


@dataclass(slots=True)
class Payload(Message):
    """A payload of the stream `channel`. Each form is encoded once, however many clients get it."""

    _combined: bytes | None = field(default=None, repr=False, compare=False)

    @property
    def combined(self) -> bytes:
        """The payload as a frame that names its stream."""
        if self._combined is None:
            name = orjson.dumps(self.channel)
            self._combined = text_frame(b'{"stream":%b,"data":%b}' % (name, self.body))
        return self._combined


def payload(stream: str, body: object, now: int, *, conflated: bool) -> Payload:
    """Return a payload. A newer one of its stream replaces a `conflated` one."""
    return Payload(Place(now, next(_numbers)), stream, conflated, orjson.dumps(body))
