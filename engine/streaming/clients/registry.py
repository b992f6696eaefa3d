"""All clients of a worker: their limits, their heartbeats and their end."""

from collections import Counter
from collections.abc import Callable

import gevent

from engine.streaming.clients.client import Client
from engine.streaming.conversation import AGED, TOO_SLOW

UNREAD = 30.0
"""Seconds after which a client that takes nothing is ended."""
AGE = 86_400.0
"""Seconds after which a stream is ended, whatever happens in it."""
ANNOUNCED = 60.0
"""Seconds before that at which its client is told."""
STEP = 200
"""Clients that are looked at without a pause."""


class Clients:
    """Counts the clients of each owner, and looks after all of them."""

    def __init__(self, most: int, key_known: Callable[[str], bool]) -> None:
        self.most = most
        """How many there may be."""
        self._key_known = key_known
        self._clients: dict[Client, None] = {}
        self._of_owner: Counter[str] = Counter()
        self._told: set[Client] = set()
        self._stopped = False

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._clients)

    @property
    def full(self) -> bool:
        """Whether there is no room for another one, or the worker stops."""
        return self._stopped or len(self._clients) >= self.most

    def of_owner(self, owner: str) -> int:
        """Return how many streams an owner has."""
        return self._of_owner[owner]

    def add(self, client: Client) -> None:
        """Look after a client."""
        self._clients[client] = None
        self._of_owner[client.owner] += 1

    def remove(self, client: Client) -> None:
        """Forget a client that is gone."""
        if client in self._clients:
            del self._clients[client]
            self._told.discard(client)
            self._of_owner[client.owner] -= 1
            if not self._of_owner[client.owner]:
                del self._of_owner[client.owner]

    def stop(self) -> None:
        """End all clients: they resume at another worker or after the restart."""
        self._stopped = True
        for client in [*self._clients]:
            client.restart()

    def look_after(self, now: float) -> None:
        """End and remind clients, by the time `now` (monotonic seconds)."""
        clients = [*self._clients]
        keys = {client.key for client in clients if client.key is not None}
        unknown = {key for key in keys if not self._key_known(key)}
        for place, client in enumerate(clients):
            if place % STEP == STEP - 1:
                gevent.sleep(0)
            if client.key in unknown:
                client.revoke()
            elif client.open:
                self._look_at(client, now)

    def _look_at(self, client: Client, now: float) -> None:
        if client.waiting and now - client.taken >= UNREAD:
            client.end(TOO_SLOW, "too slow: resume with the cursor")
        elif now - client.begun >= AGE:
            client.end(AGED, "a stream ends after a day: resume with the cursor")
        elif now - client.begun >= AGE - ANNOUNCED and client not in self._told:
            self._told.add(client)
            client.announce_end(ANNOUNCED)
        else:
            client.tend(now)
