"""Which venues have stopped to send: all of their series are silent, though another venue sends one. Pure.

One quiet series says nothing about its connection; several that end at once do.
"""

from collections.abc import Collection
from typing import Protocol

from engine.upstream.streams.lane import SILENCE

SEVERAL = 2
"""Series of a venue that must have been heard before their silence says something."""


class Compared(Protocol):
    """A series that several venues send."""

    def surpasses(self, venue: str, now: int) -> bool:
        """Return whether another venue has sent this series while `venue` was silent."""


class Liveness:
    """Remembers when each topic of candles was last heard. Times are Unix milliseconds."""

    def __init__(self) -> None:
        self._heard: dict[str, dict[str, int]] = {}

    def heard(self, venue: str, topic: str, now: int) -> None:
        """Note data of a topic."""
        self._heard.setdefault(venue, {})[topic] = now

    def forget(self, venue: str, topic: str) -> None:
        """Forget a topic that has no connection any more, or is no longer wanted."""
        self._heard.get(venue, {}).pop(topic, None)

    def stopped(self, now: int, series: Collection[Compared]) -> set[str]:
        """Return the venues that have stopped."""
        return {
            venue
            for venue, topics in self._heard.items()
            if len(topics) >= SEVERAL
            and now - max(topics.values()) >= SILENCE
            and any(one.surpasses(venue, now) for one in series)
        }
