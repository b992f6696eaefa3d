"""The connections of one worker: how many there may be, and which ends where there are too many."""

import itertools
import resource
from collections.abc import Callable, Iterable
from typing import Any

from engine.config import Settings
from engine.web.access.callers import network

SPARE = 256
"""Connections that are accepted beyond the bound, so that health is answered however many there are."""
RESERVED_FILES = 256
"""Files that a worker needs for everything else."""
HEALTH = frozenset({"/api/health", "/api/health/ready", "/health"})
"""What is answered on a connection beyond the bound."""


class Connections:
    """Keeps the bounds: the connection that has been silent longest ends for a new one.

    A connection is silent from when it is accepted, or its last answer is sent, until its next request is
    there as a whole. `end` ends a silent one, and returns whether it could: a request may just have come.
    One that is being served never ends so. Where none is silent the new one is `extra`: only health is
    answered on it.
    """

    def __init__(self, most: int, most_each: int, end: Callable[[Any], bool]) -> None:
        self._most = most
        self._most_each = most_each
        self._end = end
        self._open: dict[Any, bytes | None] = {}
        self._of_each: dict[bytes, dict[Any, None]] = {}
        self._turns = itertools.count()
        self.idle: dict[Any, int] = {}
        """Each with its turn; the one that has been silent longest stands first."""
        self.extra: set[Any] = set()

    def join(self, client: Any, address: object) -> None:
        """Count a new connection from `address`, and end another one where there are too many."""
        counted = self._most_each > 0 and isinstance(address, tuple)  # others are those of a unix socket
        whose = network(str(address[0])) if counted and isinstance(address, tuple) else None
        self._open[client] = whose
        self.rest(client)
        if whose is not None:
            self._of_each.setdefault(whose, {})[client] = None
        if whose is not None and len(self._of_each[whose]) > self._most_each:
            theirs = [each for each in self._of_each[whose] if each in self.idle]
            self._make_room(client, sorted(theirs, key=self.idle.__getitem__))
        elif len(self._open) > self._most:
            self._make_room(client, self.idle)

    def leave(self, client: Any) -> None:
        """Forget a connection that has ended."""
        self.idle.pop(client, None)
        self.extra.discard(client)
        whose = self._open.pop(client, None)
        if whose is not None:
            theirs = self._of_each[whose]
            del theirs[client]
            if not theirs:
                del self._of_each[whose]

    def serve(self, client: Any) -> None:
        """Note that its request is there: it is not silent until it has its answer."""
        self.idle.pop(client, None)

    def rest(self, client: Any) -> None:
        """Note that it is silent from now on."""
        self.idle[client] = next(self._turns)

    def admits(self, client: Any, path: str) -> bool:
        """Whether a request may be served on this connection."""
        return client not in self.extra or path in HEALTH

    def _make_room(self, client: Any, idle: Iterable[Any]) -> None:
        """End the first of `silent` that can be ended; `client` is the last of them."""
        for other in idle:
            if other is not client and self._end(other):
                self.leave(other)
                return
        self.extra.add(client)


def bounds(connections: int, settings: Settings) -> tuple[int, int]:
    """How many connections a worker may have, and how many of them may be from one address (0: any number).

    The system's limit of open files bounds them, too. Behind a proxy all are from the proxy.
    """
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files != resource.RLIM_INFINITY:
        connections = max(1, min(connections, files - RESERVED_FILES - SPARE))
    each = 0 if settings.trusted_proxy_hops else settings.connections_per_address
    return connections, each
