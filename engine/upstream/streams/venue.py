"""All connections to one venue for one channel: as many as its topics need, each replaced when it fails.

A connection whose end is announced gets a successor first: both run until the new one has data, and both send
the same data. After a failure the next attempt waits for a random time that grows. It takes from a budget
that all connections of the venue share, because venues ban addresses that connect too often.
"""

import logging
import os
from collections.abc import Callable, Iterable, Sequence

import msgspec

from engine.upstream.streams.connection import Connection, Ways
from engine.upstream.streams.hosts import BLOCKED_FOR
from engine.upstream.streams.waiting import LONGEST_WAIT, wait
from providers import RateLimited

REFUSED_FOR = 600_000
"""Milliseconds after which a refused topic is requested again, because some refusals are temporary."""
OPENED_WITHIN = 30_000
"""Milliseconds within which a connection must be open. A handshake may arrive byte by byte."""
STEADY = 60_000
"""Milliseconds after which a connection counts as stable, so that the next wait is short again."""
OVERLAP = 30_000
"""Most milliseconds for which a connection and its successor run together."""
RENEWED_AFTER = 5_000
"""Least milliseconds between two connections, because a venue may announce the end of a new one at once."""

log = logging.getLogger(__name__)

Connected = Callable[[Sequence[str], bool, str], None]
"""Called when topics get or lose their connection, with the reason of a loss."""


class _Slot(msgspec.Struct):
    """A share of the topics, with its connection and the successor of that, if any."""

    names: list[str]
    connection: Connection | None = None
    successor: Connection | None = None
    begun: int = 0
    failures: int = 0
    not_before: int = 0
    online: set[str] = msgspec.field(default_factory=set)


class VenueStreams:
    """Keeps the wanted topics of a venue on open connections. `step` must be called often."""

    def __init__(
        self,
        ways: Ways,
        spend: Callable[[], None],
        connected: Connected,
        chance: Callable[[], float] = lambda: int.from_bytes(os.urandom(4)) / 2**32,
    ) -> None:
        self.refused: dict[str, int] = {}
        """Topics that the venue has refused, each with the time of its next request."""
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
        """Open, replace and close connections, as far as each is due."""
        now = self._ways.clock()
        self.refused = {name: until for name, until in self.refused.items() if until > now}
        for slot in [slot for slot in self._slots if not slot.names]:
            self._end(slot)
            self._slots.remove(slot)
        for slot in self._slots:
            self._tend(slot, now)

    def stop(self) -> None:
        """Close all connections, without waiting."""
        for slot in self._slots:
            self._end(slot)
        self._slots.clear()

    def _replace(self, slot: _Slot, names: list[str]) -> None:
        slot.names = names
        if gone := slot.online - set(names):
            slot.online -= gone
            self._connected([*gone], False, "not wanted")
        for connection in (slot.connection, slot.successor):
            if connection is not None:
                connection.want(names)

    def _tend(self, slot: _Slot, now: int) -> None:
        connection = slot.connection
        if connection is None:
            if now >= max(slot.not_before, self.blocked_until):
                slot.connection = self._begin(slot, now)
            return
        for name in connection.refused:
            self.refused.setdefault(name, now + REFUSED_FOR)
        if slot.successor is not None:
            self._hand_over(slot, connection, slot.successor, now)
        elif connection.ended is not None:
            self._failed(slot, connection, now)
        elif connection.opened is None and now - slot.begun >= OPENED_WITHIN:
            connection.stop()
            self._failed(slot, connection, now)
        elif connection.fault == "ending" and now >= max(slot.not_before, slot.begun + RENEWED_AFTER):
            slot.successor = self._begin(slot, now)
        if slot.connection is connection and connection.opened is not None and connection.ended is None:
            self._announce(slot)
            if now - connection.opened >= STEADY:
                slot.failures = 0

    def _begin(self, slot: _Slot, now: int) -> Connection | None:
        """Start a connection, or return `None` if the venue's budget of attempts is spent."""
        try:
            self._spend()
        except RateLimited:
            slot.not_before = now + LONGEST_WAIT
            return None
        connection = Connection(self._ways, slot.names)
        connection.start()
        slot.begun = now
        return connection

    def _hand_over(self, slot: _Slot, old: Connection, successor: Connection, now: int) -> None:
        """Replace a connection by its successor once that has data of all topics, or after `OVERLAP`.

        If the old one ends before, its topics are lost for a moment, and their candles are requested.
        """
        ready = successor.opened is not None and set(slot.names) <= successor.active | set(successor.refused)
        late = now - slot.begun >= OVERLAP and successor.opened is not None
        if successor.ended is not None:
            slot.successor = None
            self._wait(slot, successor, now)
        elif ready or late or old.ended is not None:
            slot.connection, slot.successor = successor, None
            if not (ready or late):
                self._lose(slot, old.ended or "")
            old.stop()

    def _failed(self, slot: _Slot, connection: Connection, now: int) -> None:
        slot.connection = None
        self._lose(slot, connection.ended or "")
        self._wait(slot, connection, now)

    def _wait(self, slot: _Slot, failed: Connection, now: int) -> None:
        """Set when the next attempt may be made, because venues ban addresses that reconnect too soon."""
        age = 0 if failed.opened is None else (now - failed.opened) // 1000
        level = logging.WARNING if failed.refusal == "rules" else logging.INFO
        if failed.refusal == "region":
            self.blocked_until = now + BLOCKED_FOR
        slot.failures += 1
        slot.not_before = now + wait(slot.failures, failed.refusal, self._chance())
        name, reason = self._ways.source.name, failed.ended or "not opened in time"
        log.log(level, "the stream of %s ended after %s s: %s", name, age, reason)

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
