"""Find venues that have stopped sending: all their series are silent, while another venue sends one. Pure.

One quiet series may have no trades; several that stop at once show a broken connection.
"""

from collections.abc import Collection
from typing import Protocol

from engine.upstream.streams.lane import SILENCE

SEVERAL = 2
"""Least number of a venue's series that must have sent data before their silence counts."""


class Compared(Protocol):
    """A series that several venues send."""

    def surpasses(self, venue: str, now: int) -> bool:
        """Return whether another venue has sent this series while `venue` was silent."""


class Liveness:
    """Remembers when each topic of candles last sent data. Times are Unix milliseconds."""

    def __init__(self) -> None:
        self._last_received: dict[str, dict[str, int]] = {}

    def received(self, venue: str, topic: str, now: int) -> None:
        """Note data of a topic."""
        self._last_received.setdefault(venue, {})[topic] = now

    def forget(self, venue: str, topic: str) -> None:
        """Forget a topic that has lost its connection or is no longer wanted."""
        self._last_received.get(venue, {}).pop(topic, None)

    def stopped(self, now: int, series: Collection[Compared]) -> set[str]:
        """Return the venues that have stopped sending."""
        return {
            venue
            for venue, topics in self._last_received.items()
            if len(topics) >= SEVERAL
            and now - max(topics.values()) >= SILENCE
            and any(one.surpasses(venue, now) for one in series)
        }
