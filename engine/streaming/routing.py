"""Which topics each venue is to send, and for which channels. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

import msgspec

from engine.streaming.series import Seat
from providers import Channel

STREAMS = 2
"""Venues that stream the candles of a series: one serves, and one stands by."""
Topic = tuple[str, str]
"""A venue, and its name of a topic."""
V = TypeVar("V")


class Routes(msgspec.Struct):
    """The channels that each topic feeds, and the venues' word for what it has."""

    names: dict[Topic, list[str]] = msgspec.field(default_factory=dict)
    kinds: dict[Topic, Channel] = msgspec.field(default_factory=dict)

    def of(self, topic: Topic) -> Iterable[str]:
        """Return the channels that a topic feeds."""
        return self.names.get(topic, ())


def routes_of(
    seats: Mapping[str, list[Seat]], series: Mapping[str, str], serves: Callable[[str, str], bool]
) -> Routes:
    """Return the routes of all channels, of which `series` have candles, each with the venue that serves it.

    `serves` says whether a venue may be asked for a topic. Of candles two venues are to send, in the quote of
    the first seat, and others only where none of these can. One that serves goes on until it is replaced.
    """
    routes = Routes()
    for name, places in seats.items():
        able = [(seat, seat.topic) for seat in places if seat.topic and serves(seat.venue, seat.topic)]
        if name in series:
            same = [(seat, topic) for seat, topic in able if seat.market.quote == places[0].market.quote]
            kept = (same or able)[:STREAMS]
            able = [*kept, *(one for one in able if one[0].venue == series[name] and one not in kept)]
        for seat, topic in able:
            routes.names.setdefault((seat.venue, topic), []).append(name)
            kind: Channel = "tickers" if name not in series else "trades" if seat.built else "candles"
            routes.kinds[seat.venue, topic] = kind
    return routes


def first_of(wanted: dict[str, V], known: Collection[str], most: int) -> dict[str, V]:
    """Return so many of the wanted channels, those that are known before others.

    There are too many where two workers have let clients in at the same moment.
    """
    if len(wanted) <= most:
        return wanted
    names = sorted(wanted, key=lambda name: name not in known)
    return {name: wanted[name] for name in names[:most]}
