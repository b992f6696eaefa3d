"""All clients of a worker: their limits, heartbeats and disconnection."""

from collections.abc import Callable

import gevent

from engine.streaming.clients.client import Client
from engine.streaming.clients.places import LocalPlaces, Places
from engine.streaming.conversation import AGED, TOO_SLOW

UNREAD = 30.0
"""Seconds after which a client that takes no bytes is disconnected."""
AGE = 86_400.0
"""Seconds after which every stream ends."""
ANNOUNCED = 60.0
"""Seconds before that end at which the client is notified."""
STEP = 200
"""Clients that are checked without a pause."""


class Clients:
    """Counts the clients of each owner, and checks all of them. This worker may have `most` clients.

    Owners' streams are counted in `places`, which other workers may share.
    """

    def __init__(self, most: int, key_known: Callable[[str], bool], places: Places | None = None) -> None:
        self.most = most
        """Most clients of this worker."""
        self.wake: Callable[[], None] = lambda: None
        """Called for a new client, so that `look_after` is called within a second."""
        self._key_known = key_known
        self._clients: dict[Client, None] = {}
        self._places = LocalPlaces() if places is None else places
        self._reminded: set[Client] = set()
        self._stopped = False

    def __len__(self) -> int:
        """Return the number of clients."""
        return len(self._clients)

    @property
    def full(self) -> bool:
        """Whether this worker accepts no further client, because of its limit or because it stops."""
        return self._stopped or len(self._clients) >= self.most

    def of_owner(self, owner: str) -> int:
        """Return how many streams an owner has at all workers. It may wait for Redis."""
        return self._places.taken(owner)

    def take(self, owner: str, most: int) -> bool:
        """Take a place, unless this worker is full or the owner has `most`. It may wait for Redis."""
        return not self.full and self._places.take(owner, most)

    def add(self, client: Client) -> None:
        """Add a client for which a place is taken."""
        self._clients[client] = None
        self.wake()

    def remove(self, client: Client) -> None:
        """Remove a disconnected client, and give its place back."""
        if client in self._clients:
            del self._clients[client]
            self._reminded.discard(client)
            if not self._stopped:
                gevent.spawn(self._places.release, client.owner)

    def stop(self) -> None:
        """Disconnect all clients: they resume at another worker or after the restart."""
        self._stopped = True
        self._places.end()  # first, so that other workers have room for the clients
        for client in [*self._clients]:
            client.restart()

    def look_after(self, now: float) -> None:
        """Disconnect or notify the clients that are due at `now` (monotonic seconds)."""
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
        elif now - client.begun >= AGE - ANNOUNCED and client not in self._reminded:
            self._reminded.add(client)
            client.announce_end(ANNOUNCED)
        else:
            client.tend(now)
