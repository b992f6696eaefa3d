"""All connections to one venue for one channel: as many as its topics need, each replaced when it fails.

A connection whose end is announced gets its successor first: both run until the new one has data, and what
both say is the same. After a failure the next attempt waits for a random time that grows, and takes from a
budget that all connections of the venue share, because venues ban addresses that connect too often.
"""

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from engine.upstream.streams.connection import Connection, Ways
from providers import RateLimited

FIRST_WAIT, LONGEST_WAIT = 500, 30_000
"""Bounds in milliseconds of the wait after a failure, which is a random part of what doubles each time."""
BLOCKED_FOR = 6 * 3_600_000
"""Milliseconds without attempts at a venue that refuses this region."""
STEADY = 60_000
"""Milliseconds after which a connection counts as good, so that the next wait is short again."""
OVERLAP = 30_000
"""Most milliseconds for which a connection and its successor run together."""

RENEWED_AFTER = 5_000
"""Milliseconds between two connections of which the first one's end is announced: it may be at once again."""

log = logging.getLogger(__name__)

Connected = Callable[[Sequence[str], bool, str], None]
"""Told when topics get or lose their connection, with the reason of a loss."""


@dataclass(slots=True)
class _Slot:
    """A share of the topics, with its connection and perhaps that one's successor."""

    names: list[str]
    connection: Connection | None = None
    successor: Connection | None = None
    begun: int = 0
    failures: int = 0
    not_before: int = 0
    online: set[str] = field(default_factory=set)


class VenueStreams:
    """Keeps the wanted topics of a venue on open connections. `step` must be called often."""

    def __init__(
        self,
        ways: Ways,
        spend: Callable[[], None],
        connected: Connected,
        chance: Callable[[], float] = lambda: int.from_bytes(os.urandom(4)) / 2**32,
    ) -> None:
        self.refused: set[str] = set()
        """Topics that the venue does not have."""
        self.blocked_until = 0
        self._ways = ways
        self._spend = spend
        self._connected = connected
        self._chance = chance
        self._slots: list[_Slot] = []

    @property
    def count(self) -> int:
        """The number of open connections."""
        return sum(slot.connection is not None for slot in self._slots)

    def is_online(self, name: str) -> bool:
        """Return whether a topic has a connection."""
        return any(name in slot.online for slot in self._slots)

    def want(self, names: Iterable[str]) -> None:
        """Replace the wanted topics. Those that stay keep their connection."""
        wanted = dict.fromkeys(names)
        for slot in self._slots:
            kept = [name for name in slot.names if name in wanted]
            if kept != slot.names:
                self._replace(slot, kept)
            for name in kept:
                del wanted[name]
        most = self._ways.source.topics_per_connection
        for slot in self._slots:
            if new := list(wanted)[: most - len(slot.names)]:
                self._replace(slot, [*slot.names, *new])
                for name in new:
                    del wanted[name]
        left = list(wanted)
        self._slots += [_Slot(left[start : start + most]) for start in range(0, len(left), most)]

    def step(self) -> None:
        """Open, replace and end connections, as far as it is time."""
        now = self._ways.clock()
        for slot in [slot for slot in self._slots if not slot.names]:
            self._end(slot)
            self._slots.remove(slot)
        for slot in self._slots:
            self._tend(slot, now)

    def stop(self) -> None:
        """End all connections, without waiting."""
        for slot in self._slots:
            self._end(slot)
        self._slots.clear()

    def _replace(self, slot: _Slot, names: list[str]) -> None:
        slot.names = names
        slot.online &= set(names)
        for connection in (slot.connection, slot.successor):
            if connection is not None:
                connection.want(names)

    def _tend(self, slot: _Slot, now: int) -> None:
        connection = slot.connection
        if connection is None:
            if now >= max(slot.not_before, self.blocked_until):
                slot.connection = self._begin(slot, now)
            return
        self.refused.update(connection.refused)
        if slot.successor is not None:
            self._hand_over(slot, slot.successor, now)
        elif connection.ended is not None:
            self._failed(slot, connection, now)
        elif connection.fault == "ending" and now - slot.begun >= RENEWED_AFTER:
            slot.successor = self._begin(slot, now)
        if slot.connection is connection and connection.opened is not None and connection.ended is None:
            self._announce(slot)
            if now - connection.opened >= STEADY:
                slot.failures = 0

    def _begin(self, slot: _Slot, now: int) -> Connection | None:
        """Start a connection, `None` where the venue's budget of attempts is spent."""
        try:
            self._spend()
        except RateLimited:
            slot.not_before = now + LONGEST_WAIT
            return None
        connection = Connection(self._ways, slot.names)
        connection.start()
        slot.begun = now
        return connection

    def _hand_over(self, slot: _Slot, successor: Connection, now: int) -> None:
        """Make the successor the connection once it has data of all topics, or after a while."""
        old = slot.connection
        ready = successor.opened is not None and set(slot.names) <= successor.heard | set(successor.refused)
        late = now - slot.begun >= OVERLAP and successor.opened is not None
        if successor.ended is not None:
            slot.successor = None
        elif ready or late or (old is not None and old.ended is not None and successor.opened is not None):
            slot.connection, slot.successor = successor, None
            if old is not None:
                old.stop()

    def _failed(self, slot: _Slot, connection: Connection, now: int) -> None:
        reason = connection.ended or ""
        age = 0 if connection.opened is None else (now - connection.opened) // 1000
        log.info("the stream of %s ended after %s s: %s", self._ways.source.name, age, reason)
        slot.connection = None
        self._lose(slot, reason)
        if connection.blocked:
            self.blocked_until = now + BLOCKED_FOR
            return
        slot.failures += 1
        most = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(slot.failures - 1, 10))
        slot.not_before = now + int(most * self._chance())

    def _announce(self, slot: _Slot) -> None:
        if new := [name for name in slot.names if name not in slot.online]:
            slot.online.update(new)
            self._connected(new, True, "")

    def _lose(self, slot: _Slot, reason: str) -> None:
        if lost := [name for name in slot.names if name in slot.online]:
            slot.online.clear()
            self._connected(lost, False, reason)

    def _end(self, slot: _Slot) -> None:
        for connection in (slot.connection, slot.successor):
            if connection is not None:
                connection.stop()
        slot.connection = slot.successor = None
