"""The connections of one worker: how many it accepts, and which one it closes to accept another."""

import itertools
import logging
import resource
from collections.abc import Callable, Collection, Iterable
from typing import Any

from engine.config import Settings
from engine.web.access.callers import network
from engine.web.services import Services

log = logging.getLogger(__name__)

SPARE = 256
"""Connections accepted beyond the limit, so that health checks are always answered."""
RESERVED_FILES = 256
"""Files reserved for everything except connections."""
HEALTH = frozenset({"/api/health", "/api/health/ready", "/health"})
"""Paths that are served on a connection beyond the limit."""


class Connections:
    """Enforces the limits: a new connection closes the one that has been idle longest.

    A connection is idle from its acceptance, or from the end of an answer, until its next request has arrived
    completely. `end` closes an idle connection and returns whether it could, because a request may just have
    arrived. Busy connections are never closed, and one whose request had arrived when it was closed counts
    again for one answer. If no connection is idle, the new one is `extra` and has health checks only.
    """

    def __init__(self, most: int, most_each: int, end: Callable[[Any], bool]) -> None:
        self._most = most
        self._most_each = most_each
        self._end = end
        self._open: dict[Any, bytes | None] = {}
        self._of_each: dict[bytes, dict[Any, None]] = {}
        self._closing: dict[Any, bytes | None] = {}
        self._turns = itertools.count()
        self.idle: dict[Any, int] = {}
        """Idle connections with the order in which they became idle, the oldest first."""
        self.extra: set[Any] = set()
        self.ending: set[Any] = set()
        """Closed connections that may have one more answer, which has to announce the end."""

    def add(self, client: Any, address: object) -> None:
        """Count a new connection from `address`, and close another one if there are too many."""
        counted = self._most_each > 0 and isinstance(
            address, tuple
        )  # Unix sockets have other kinds of addresses
        whose = network(str(address[0])) if counted and isinstance(address, tuple) else None
        self._count(client, whose)
        self.mark_idle(client)
        theirs = {} if whose is None else self._of_each[whose]
        if self._number_served(theirs) > self._most_each > 0:
            idle = [each for each in theirs if each in self.idle]
            self._make_room(client, sorted(idle, key=self.idle.__getitem__))
        elif self._number_served(self._open) > self._most:
            self._make_room(client, self.idle)

    def remove(self, client: Any) -> None:
        """Forget a closed connection."""
        self._closing.pop(client, None)
        self.extra.discard(client)
        self.ending.discard(client)
        self._uncount(client)

    def mark_busy(self, client: Any) -> None:
        """Note that a request has arrived: the connection is busy until the answer is sent."""
        self.idle.pop(client, None)
        if client in self._closing:
            self._count(client, self._closing.pop(client))

    def mark_idle(self, client: Any) -> None:
        """Note that the connection is idle."""
        self.idle[client] = next(self._turns)

    def admits(self, client: Any, path: str) -> bool:
        """Return whether a request may be served on this connection."""
        return client not in self.extra or path in HEALTH

    def _number_served(self, group: Collection[Any]) -> int:
        return len(group) - sum(each in group for each in self.extra)

    def _make_room(self, client: Any, idle: Iterable[Any]) -> None:
        """Close the first of `idle` that can be closed.

        Closing an `extra` one makes no room for a served one: `client` is `extra` in its place.
        """
        if self._close_first(each for each in idle if each not in self.extra and each is not client):
            return
        others = [each for each in idle if each in self.extra]
        self.extra.add(client)
        self._close_first(others)

    def _close_first(self, idle: Iterable[Any]) -> bool:
        """Close the first of `idle` that can be closed, and return whether there was one."""
        for client in idle:
            if self._end(client):
                if client in self._open:  # what has arrived is still read
                    self._closing[client] = self._uncount(client)
                    self.ending.add(client)
                return True
        return False

    def _uncount(self, client: Any) -> bytes | None:
        self.idle.pop(client, None)
        whose = self._open.pop(client, None)
        if whose is not None:
            theirs = self._of_each[whose]
            del theirs[client]
            if not theirs:
                del self._of_each[whose]
        return whose

    def _count(self, client: Any, whose: bytes | None) -> None:
        self._open[client] = whose
        if whose is not None:
            self._of_each.setdefault(whose, {})[client] = None


def bounds(connections: int, settings: Settings) -> tuple[int, int]:
    """Return how many connections a worker accepts, and how many from one address (0: any number).

    The system's limit of open files applies as well, of which streams have a share. Behind a proxy all
    connections have its address.
    """
    has_streams = settings.stream_enabled and settings.worker_class == "gevent"
    connections, _ = shared(connections, settings.stream_max_connections if has_streams else 0)
    each = 0 if settings.trusted_proxy_hops else settings.connections_per_address
    return connections, each


def shared(connections: int, streams: int) -> tuple[int, int]:
    """Return how many connections and how many streams there are files for: each has half of too few."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return connections, streams
    room = max(2, files - RESERVED_FILES - SPARE)
    connections = min(connections, max(room - streams, (room + 1) // 2 if streams else room))
    return connections, min(streams, room - connections)


def limit_streams(services: Services, connections: int) -> None:
    """Let there be no more streams beside `connections` than there are files for."""
    if services.streaming is None:
        return
    wanted = services.settings.stream_max_connections
    _, possible = shared(connections, wanted)
    if possible < wanted:
        log.warning(
            "at most %s streams instead of STREAM_MAX_CONNECTIONS=%s: too few open files are allowed",
            possible,
            wanted,
        )
        services.streaming.clients.most = possible
