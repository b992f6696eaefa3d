"""Binance's protocol between one client and the engine. It does no input or output."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from engine.web.compat.binance.streams._directory import BinanceStreams
from engine.web.compat.binance.streams._names import Declined, is_name
from engine.web.compat.binance.streams._requests import Id, Refusal, Request, invalid, read_request
from engine.web.compat.binance.streams._stream import Options, Receiver, Stream

MOST = 1024
"""Most streams of one connection. The client's tier may allow fewer."""


class Peer(Receiver, Protocol):
    """The client of a conversation."""

    combined: bool
    """Whether payloads name their stream."""

    def say(self, message: Mapping[str, object]) -> None:
        """Send a message without wrapping it."""


class Conversation:
    """One client's subscriptions, at most `channels` of them."""

    def __init__(self, streams: BinanceStreams, peer: Peer, channels: int, options: Options) -> None:
        self._streams = streams
        self._peer = peer
        self._most = min(MOST, channels)
        self._options = options
        self._joined: dict[str, Stream] = {}
        self._ended = False

    def begin(self, names: Iterable[str]) -> None:
        """Subscribe to the names of an address. Send an error for an unserved one, and ignore other texts."""
        for name in dict.fromkeys(names):
            if is_name(name):
                try:
                    self._join([self._find(name)])
                except Refusal as refusal:
                    self._peer.say(refusal.body())

    def handle(self, text: bytes) -> None:
        """Parse a client's message, and answer it."""
        try:
            self._answer(read_request(text))
        except Refusal as refusal:
            self._peer.say(refusal.body())

    def end(self) -> None:
        """End all subscriptions."""
        self._ended = True
        for stream in self._joined.values():
            self._streams.leave(stream, self._options, self._peer)
        self._joined = {}

    def heartbeat(self) -> None:
        """Send nothing: pings show that the connection is alive."""

    def _answer(self, request: Request) -> None:
        match request.method:
            case "SUBSCRIBE":
                self._subscribe(request)
            case "UNSUBSCRIBE":
                for name in request.names:
                    if (stream := self._joined.pop(name, None)) is not None:
                        self._streams.leave(stream, self._options, self._peer)
                self._accept(request.id)
            case "LIST_SUBSCRIPTIONS":
                self._accept(request.id, [*self._joined])
            case "SET_PROPERTY":
                self._peer.combined = request.value is True
                self._accept(request.id)
            case _:
                self._accept(request.id, self._peer.combined)

    def _subscribe(self, request: Request) -> None:
        """Subscribe to all names or to none, and answer before the first payload."""
        new = [name for name in request.names if name not in self._joined]
        if len(self._joined) + len(new) > self._most:
            raise invalid(f"too many streams: a connection has at most {self._most}", request.id)
        found = [self._find(name, request.id) for name in new]
        self._accept(request.id)
        self._join(found)

    def _find(self, name: str, id_: Id = None) -> Stream:
        try:
            return self._streams.find(name, self._options)
        except Declined as declined:
            raise invalid(str(declined), id_) from None

    def _join(self, found: Sequence[Stream]) -> None:
        for stream in found:
            try:
                joined = self._streams.join(stream, self._options, self._peer)
            except Declined as declined:
                self._peer.say(invalid(str(declined)).body())
                continue
            if self._ended:  # while the stream began
                self._streams.leave(joined, self._options, self._peer)
                return
            self._joined[stream.name.text] = joined

    def _accept(self, id_: Id, result: object = None) -> None:
        self._peer.say({"result": result, "id": id_})
