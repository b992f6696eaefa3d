"""Trades and best prices, passed through from one venue to the clients of this worker.

They belong to no sequence: they are neither stored nor shared with other workers. A market's stream stays
with its venue, because two venues use unrelated ids; it moves on only when that venue is lost.
"""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from engine.catalogue.names import Resolved
from engine.errors import ApiError
from engine.streaming.series import Seat
from engine.streaming.venues import Venues
from engine.upstream.streams.session import Data
from providers import StreamedTrade

PassthroughKind = Literal["trades", "aggregates", "books"]
Receive = Callable[[str, Data, int], None]
"""Receives a venue's name, its data and the time (Unix milliseconds), without waiting."""
LINGER = 60_000
"""Milliseconds for which a stream without receivers stays open."""
PATIENCE = 10_000
"""Milliseconds without a connection after which a stream moves to another venue."""
Key = tuple[PassthroughKind, str]
"""A kind and the canonical name of a pair."""


class _Stream(msgspec.Struct):
    seats: list[Seat]
    venue: Seat
    lost: int
    """When its connection was lost. While it is connected, the current time."""
    receivers: dict[Receive, None] = msgspec.field(default_factory=dict)
    left: int | None = None


class Passthrough:
    """Keeps the streams open that have receivers, at most as many as `room` returns.

    `tick` must be called often while a stream is open.
    """

    def __init__(
        self,
        venues: Venues,
        seats: Callable[[Resolved, PassthroughKind], list[Seat]],
        clock: Callable[[], int],
        room: Callable[[], int],
    ) -> None:
        self._venues = venues
        self._seats = seats
        self._clock = clock
        self._room = room
        self._streams: dict[Key, _Stream] = {}
        self._routes: dict[tuple[str, str], list[_Stream]] = {}
        self.wake: Callable[[], None] = lambda: None
        """Called when a stream begins, so that `tick` is called soon and connects it."""
        venues.receive = self.receive

    def __len__(self) -> int:
        """Return the number of open streams."""
        return len(self._streams)

    def venue(self, pair: Resolved, kind: PassthroughKind) -> str | None:
        """Return the venue that a stream would come from, `None` if no venue has it."""
        known = self._streams.get((kind, pair.symbol))
        if known is not None:
            return known.venue.venue
        return next((seat.venue for seat in self._able(self._seats(pair, kind))), None)

    def join(self, pair: Resolved, kind: PassthroughKind, receive: Receive) -> None:
        """Add a receiver. Raises `ApiError` if no venue has the stream, or too many are open."""
        stream = self._streams.get((kind, pair.symbol)) or self._open(pair, kind)
        stream.receivers[receive] = None
        stream.left = None

    def leave(self, pair: Resolved, kind: PassthroughKind, receive: Receive) -> None:
        """Remove a receiver."""
        stream = self._streams.get((kind, pair.symbol))
        if stream is not None:
            stream.receivers.pop(receive, None)
            if not stream.receivers:
                stream.left = self._clock()

    def receive(self, venue: str, data: Data, now: int) -> None:
        """Pass a venue's data on, except the past trades that follow a subscription."""
        if isinstance(data, StreamedTrade) and data.seed:
            return
        for stream in self._routes.get((venue, data.name), ()):
            for receive in [*stream.receivers]:
                receive(venue, data, now)

    def tick(self) -> None:
        """Close streams without receivers, move streams of lost venues, and reconnect."""
        now = self._clock()
        for key, stream in [*self._streams.items()]:
            if stream.left is not None and now - stream.left >= LINGER:
                del self._streams[key]
            else:
                self._move(stream, now)
        routes: dict[tuple[str, str], list[_Stream]] = {}
        kinds = {}
        for (kind, _), stream in self._streams.items():
            place = (stream.venue.venue, stream.venue.topic or "")
            if not self._venues.serves(*place):
                continue  # it is requested again once the venue may have it
            routes.setdefault(place, []).append(stream)
            kinds[place] = kind
        if routes.keys() != self._routes.keys():
            self._venues.want(kinds)
        self._routes = routes
        self._venues.step()

    def stop(self) -> None:
        """End all connections."""
        self._venues.stop()

    def _open(self, pair: Resolved, kind: PassthroughKind) -> _Stream:
        if len(self._streams) >= self._room():
            raise ApiError("Too many streams are open", code="STREAM_FULL", status=503)
        seats = self._seats(pair, kind)
        able = self._able(seats)
        if not able:
            raise ApiError(f"No exchange streams the {kind} of {pair.symbol}", code="NOT_FOUND", status=404)
        self.wake()
        return self._streams.setdefault((kind, pair.symbol), _Stream(seats, able[0], self._clock()))

    def _able(self, seats: Iterable[Seat]) -> list[Seat]:
        return [seat for seat in seats if seat.topic and self._venues.serves(seat.venue, seat.topic)]

    def _move(self, stream: _Stream, now: int) -> None:
        """Move a stream to the next venue if its venue refuses it or cannot be reached."""
        venue, topic = stream.venue.venue, stream.venue.topic or ""
        serves = self._venues.serves(venue, topic)
        if serves and self._venues.is_online(venue, topic):
            stream.lost = now
        elif not serves or now - stream.lost >= PATIENCE:
            place = stream.seats.index(stream.venue) + 1
            others = self._able(stream.seats[place:] + stream.seats[: place - 1])
            if others:
                stream.venue, stream.lost = others[0], now
