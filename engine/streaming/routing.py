"""Choose the topics of each venue, and the channels that each topic feeds. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

import msgspec

from engine.streaming.series import Seat
from providers import Channel

STREAMS = 2
"""Number of venues that stream the candles of a series: one serves, and one is the standby."""
Topic = tuple[str, str]
"""A venue and its name of a topic."""
V = TypeVar("V")


class Routes(msgspec.Struct):
    """The channels that each topic feeds, and the kind of each topic's data."""

    names: dict[Topic, list[str]] = msgspec.field(default_factory=dict)
    kinds: dict[Topic, Channel] = msgspec.field(default_factory=dict)

    def of(self, topic: Topic) -> Iterable[str]:
        """Return the channels that a topic feeds."""
        return self.names.get(topic, ())


def routes_of(
    seats: Mapping[str, list[Seat]], series: Mapping[str, str], serves: Callable[[str, str], bool]
) -> Routes:
    """Return the routes of all channels. `series` has the serving venue of each channel of candles.

    `serves` returns whether a venue may be asked for a topic. Two venues stream each series, in the quote of
    its first seat. Venues with another quote stream it only if none with that quote can. The serving venue
    continues until it is replaced.
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
    """Return at most `most` of the wanted channels, those in `known` before others.

    There are more if two workers have accepted clients at the same moment.
    """
    if len(wanted) <= most:
        return wanted
    names = sorted(wanted, key=lambda name: name not in known)
    return {name: wanted[name] for name in names[:most]}
