"""The first event of a stream: connect, ask for one topic, and read until the venue has sent its data."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.upstream.streams.session import Session
from engine.upstream.streams.sockets import Closed, Opener, Socket
from providers import BadData, Event, RateLimited, StreamSource, Topic, Unavailable, Unsupported
from providers._causes import cause
from tests.providers.stream_contract import KINDS

KEPT = 20
"""The newest frames that a record has."""


@dataclass
class Listening:
    """One connection for one topic. `clock` gives Unix milliseconds, `seconds` is how long it listens.

    `frames` are the texts that came, and `address` is where from.
    """

    source: StreamSource
    topic: Topic
    open: Opener
    clock: Callable[[], int]
    seconds: float
    frames: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))
    address: str = ""

    def first(self, addresses: Sequence[str]) -> Event:
        """Return the first event of the topic. Raises a `ProviderError`."""
        name = self.source.topic_name(self.topic)
        if name is None:
            raise Unsupported(f"{self.topic.channel} of {self.topic.native} have no name")
        socket = self._connected(addresses)
        try:
            return self._read(socket, name)
        except Closed as closed:
            if self.source.is_breach(closed.code):
                raise BadData(f"{self.address}: {closed}, since a rule was broken") from closed
            raise Unavailable(f"{self.address}: {closed}", reason="Connection ended") from closed
        finally:
            socket.close()

    def _connected(self, addresses: Sequence[str]) -> Socket:
        """Connect to the first address that can be had, as the engine does."""
        failure = Unavailable("there is no address")
        for address in addresses:
            self.address = address.partition("?")[0]
            try:
                return self.open(address)
            except RateLimited:
                raise
            except Unavailable as error:
                failure = _explained(error, address)
        raise failure

    def _read(self, socket: Socket, name: str) -> Event:
        session = Session(self.source, self.clock())
        session.want([name], self.clock())
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            for text in session.texts(self.clock()):
                socket.send(text)
            if frame := socket.receive():
                self.frames.append(frame)
                for event in session.received(frame, self.clock()):
                    if isinstance(event, KINDS[self.topic.channel]) and event.name == name:
                        return event
            if name in session.refused:
                raise Unsupported(f"{name}: {session.refused[name]}")
        raise BadData(f"sent nothing of {name} in {self.seconds:.0f} s")


def _explained(error: Unavailable, address: str) -> Unavailable:
    """Return the error with its host and cause, where it says neither."""
    if error.__cause__ is None or str(error) != error.reason:
        return error
    return Unavailable(cause(error.__cause__, address), reason=error.reason)
