"""A stream with its clients in this worker: it translates once for all of them."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

import msgspec

from engine.catalogue.joined import JoinedMarket
from engine.catalogue.names import Resolved
from engine.errors import ApiError
from engine.streaming.log import Message
from engine.streaming.service import Streaming
from engine.web.compat.binance.streams._frames import Payload, payload
from engine.web.compat.binance.streams._names import StreamName


class Receiver(Protocol):
    """A client that receives payloads."""

    def deliver(self, message: Message) -> None:
        """Receive a payload, without waiting."""


class Options(NamedTuple):
    """The options of a connection: the units in a millisecond, and whether payloads name their sources."""

    unit: int = 1
    sources: bool = False


class Ways(msgspec.Struct, frozen=True):
    """What streams need: the engine's streams, a pool for requests, and the context of use cases."""

    streaming: Streaming
    pool: Executor
    within: Callable[[], AbstractContextManager[object]]


class Stream:
    """One name with its clients. Subclasses produce the payloads."""

    def __init__(self, name: StreamName, options: Options, ways: Ways) -> None:
        self.name = name
        self._options = options
        self._ways = ways
        self._receivers: dict[Receiver, None] = {}
        self._newest: Payload | None = None
        self._begun = False

    @property
    def used(self) -> bool:
        """Whether the stream has clients."""
        return bool(self._receivers)

    def join(self, receiver: Receiver) -> None:
        """Add a client, and send it the newest state. Raises `ApiError` if the stream cannot begin."""
        if not self._begun:
            self._begun = True
            try:
                self.begin()
            except ApiError:
                self._begun = False
                raise
        self._begun, self._receivers[receiver] = True, None
        for one in self.state():
            receiver.deliver(one)

    def leave(self, receiver: Receiver) -> None:
        """Remove a client. The stream ends with its last one."""
        if receiver in self._receivers:
            del self._receivers[receiver]
            if not self._receivers:
                self._begun, self._newest = False, None
                self.end()

    def state(self) -> list[Payload]:
        """Return the first payloads of a subscription."""
        return [] if self._newest is None else [self._newest]

    def publish(
        self, body: Mapping[str, object], now: int, *, conflated: bool, origin: Mapping[str, str]
    ) -> None:
        """Deliver a payload to all clients, with its `origin` if the options ask for sources."""
        one = payload(
            self.name.text, {**body, **origin} if self._options.sources else body, now, conflated=conflated
        )
        self._newest = one if conflated else None
        self.deliver_all(one)

    def deliver_all(self, one: Payload) -> None:
        """Deliver a payload to all clients."""
        for receiver in [*self._receivers]:
            receiver.deliver(one)

    def begin(self) -> None:
        """Subscribe to the source. Raises `ApiError`."""
        raise NotImplementedError

    def end(self) -> None:
        """Unsubscribe from the source."""
        raise NotImplementedError

    def tick(self, now: int) -> None:
        """Do the work that is due at `now` (Unix milliseconds)."""


def pair_of(market: JoinedMarket) -> Resolved:
    """Return the pair of a market, as the engine's channels name it."""
    return Resolved(market.base, market.quote, market.code)
