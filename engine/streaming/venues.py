"""The connections to all venues: the wanted topics of each, and the data they send."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from engine.upstream.streams.session import Data
from engine.upstream.streams.venue import VenueStreams
from providers import Channel

Received = Callable[[Data, int], None]
Changed = Callable[[Iterable[str], bool, str], None]
Build = Callable[[str, Channel, Received, Changed], VenueStreams]
"""Creates the connections to a venue for one channel."""


class Venues:
    """The connections by venue and channel, created when they are first wanted."""

    def __init__(self, build: Build, clock: Callable[[], int]) -> None:
        self.receive: Callable[[str, Data, int], None] = lambda venue, data, now: None
        self.connected: Callable[[str, Iterable[str], bool], None] = lambda venue, topics, connected: None
        self._build = build
        self._clock = clock
        self._streams: dict[tuple[str, Channel], VenueStreams] = {}

    @property
    def open(self) -> dict[str, int]:
        """The number of open connections of each venue."""
        counts: dict[str, int] = {}
        for (venue, _), streams in self._streams.items():
            counts[venue] = counts.get(venue, 0) + streams.count
        return counts

    def serves(self, venue: str, topic: str) -> bool:
        """Return whether a venue may be asked for a topic: it refuses neither the topic nor this region."""
        now = self._clock()
        for (name, _), streams in self._streams.items():
            if name == venue and max(streams.refused.get(topic, 0), streams.blocked_until) > now:
                return False
        return True

    def is_online(self, venue: str, topic: str) -> bool:
        """Return whether a topic of a venue has a connection."""
        return any(streams.is_online(topic) for (name, _), streams in self._streams.items() if name == venue)

    def want(self, topics: Mapping[tuple[str, str], Channel]) -> None:
        """Replace the wanted topics. `topics` has the channel of each by venue and name."""
        wanted: dict[tuple[str, Channel], list[str]] = {key: [] for key in self._streams}
        for (venue, topic), channel in topics.items():
            wanted.setdefault((venue, channel), []).append(topic)
        for (venue, channel), names in wanted.items():
            if (venue, channel) not in self._streams:
                self._streams[venue, channel] = self._build(
                    venue, channel, partial(self._received, venue), partial(self._changed, venue)
                )
            self._streams[venue, channel].want(names)

    def step(self) -> None:
        """Open, replace and close connections, as far as each is due."""
        for streams in [*self._streams.values()]:
            streams.step()

    def stop(self) -> None:
        """Close all connections."""
        for streams in self._streams.values():
            streams.stop()
        self._streams.clear()

    def _received(self, venue: str, data: Data, now: int) -> None:
        self.receive(venue, data, now)

    def _changed(self, venue: str, topics: Iterable[str], connected: bool, reason: str) -> None:
        self.connected(venue, topics, connected)
