"""Resolve host names under gevent, so that a hanging name server blocks only its own lookups.

gevent resolves names in ten threads that other work shares, and waits as long as the system does, which may
be half a minute. Ten provider calls with a hanging name server stopped everything else.
"""

import _socket
import time
from collections.abc import Callable
from socket import AF_INET, AF_INET6, EAI_AGAIN, gaierror, inet_pton
from typing import Any, cast

from gevent.event import AsyncResult
from gevent.hub import Hub
from gevent.resolver.thread import Resolver as ThreadResolver
from gevent.threadpool import ThreadPool

MOST_NAMES = 64
"""Lookups at a time: more than there are providers, feeds and caches."""
PATIENCE = 4.0
"""Seconds that a caller waits. The lookup continues in the background for later callers."""
KEPT = 30.0
"""Seconds from the start of a lookup for which its result is reused."""

Found = list[tuple[Any, ...]]


class Resolver(ThreadResolver):
    """Runs one lookup for each name at a time, in its own threads, and bounds the wait of callers."""

    def __init__(
        self,
        hub: Hub | None = None,
        *,
        lookup: Callable[..., Found] | None = None,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(hub)
        self.pool = ThreadPool(MOST_NAMES, hub)
        self._lookup: Callable[..., Any] = lookup or _socket.getaddrinfo
        self._patience = patience
        self._clock = clock
        self._lookups: dict[tuple[object, ...], tuple[AsyncResult[Found], float]] = {}

    def getaddrinfo(self, *question: Any) -> Found:
        """Return the addresses of a host. Raises `gaierror`, also if the lookup takes too long."""
        if _is_address(question[0]):
            return cast(Found, self._lookup(*question))
        running = self._running(question)
        running.wait(self._patience)
        if not running.ready():
            raise gaierror(EAI_AGAIN, "the name server has not answered yet")
        return running.get()  # type: ignore[return-value]

    def _running(self, question: tuple[object, ...]) -> "AsyncResult[Found]":
        """Return the running or recent lookup, otherwise start one."""
        now = self._clock()
        found, since = self._lookups.get(question, (None, 0.0))
        if found is not None and (not found.ready() or (found.successful() and now - since < KEPT)):
            return found
        if len(self._lookups) >= MOST_NAMES:
            self._lookups = {key: each for key, each in self._lookups.items() if not each[0].ready()}
        if len(self._lookups) >= MOST_NAMES:
            raise gaierror(EAI_AGAIN, "too many names are being looked up")
        found = self.pool.spawn(self._lookup, *question)
        self._lookups[question] = found, now
        return found


def _is_address(host: object) -> bool:
    """Return whether `host` is an address, which needs no lookup."""
    for family in (AF_INET, AF_INET6):
        try:
            inet_pton(family, host)  # type: ignore[arg-type]
        except (OSError, TypeError, ValueError):
            continue
        return True
    return False
