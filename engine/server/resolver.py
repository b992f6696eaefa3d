"""Names of hosts under gevent: a name that cannot be looked up uses up one thread, and no patience.

gevent looks names up in the ten threads that everything beside the loop shares, for as long as the system
takes, which may be half a minute. Ten calls of providers whose name server hangs stopped all others.
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
"""How many are looked up at once: more than there are providers, feeds and caches."""
PATIENCE = 4.0
"""Seconds that a caller waits. The lookup goes on behind, for whoever asks next."""
KEPT = 30.0
"""Seconds after its beginning that the result of a lookup is given to others."""

Found = list[tuple[Any, ...]]


class Resolver(ThreadResolver):
    """Looks each name up once at a time, in threads of its own, and waits for none of them long."""

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
        """Return the addresses of a host. Raises `gaierror`, also where they take too long."""
        if _is_address(question[0]):
            return cast(Found, self._lookup(*question))
        running = self._running(question)
        running.wait(self._patience)
        if not running.ready():
            raise gaierror(EAI_AGAIN, "the name server has not answered yet")
        return running.get()  # type: ignore[return-value]

    def _running(self, question: tuple[object, ...]) -> "AsyncResult[Found]":
        """The lookup that runs already or has just succeeded, otherwise a new one."""
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
    """Whether it needs no name server."""
    for family in (AF_INET, AF_INET6):
        try:
            inet_pton(family, host)  # type: ignore[arg-type]
        except (OSError, TypeError, ValueError):
            continue
        return True
    return False
