"""Files that are sent while they are read."""

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator

from engine.errors import ApiError
from engine.history.errors import ArchiveError
from engine.store import Store

AT_ONCE = 2
"""Files that one client receives at the same time."""
RETRY_AFTER = 5
HELD = 120
"""Seconds until a place is free whose worker has died. A transfer without progress ends sooner."""
RENEWAL = 30.0
"""Seconds between two renewals of a place."""

log = logging.getLogger(__name__)


class Cut(ConnectionAbortedError):
    """The rest of a file could not be read: the connection ends without the last chunk."""


class Place:
    """One of the places of a client, over all workers that share `store`. It is renewed while it is used."""

    def __init__(self, store: Store, client: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Take a place. Raises an `ApiError` where the client has none left."""
        self._store = store
        self._clock = clock
        self._owner = uuid.uuid4().hex
        keys = (f"export:{client}:{number}" for number in range(AT_ONCE))
        key = next((it for it in keys if store.add(it, self._owner, HELD)), None)
        if key is None:
            message = f"Only {AT_ONCE} exports at once"
            raise ApiError(message, code="RATE_LIMITED", status=429, retry_after=RETRY_AFTER)
        self._key: str | None = key
        self._renewed = clock()

    def renew(self) -> None:
        """Keep the place for some time more, once in a while."""
        if self._key is not None and self._clock() >= self._renewed + RENEWAL:
            self._renewed = self._clock()
            self._store.set(self._key, self._owner, HELD)

    def free(self) -> None:
        """Give the place back, once."""
        key, self._key = self._key, None
        if key is not None and self._store.get(key, str) == self._owner:
            self._store.delete(key)


class Stream:
    """The pieces of a file, whose place is given back however the transfer ends."""

    def __init__(self, pieces: Iterable[bytes], place: Place) -> None:
        self._pieces = iter(pieces)
        self._place = place

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._place.renew()
        try:
            return next(self._pieces)
        except ArchiveError as error:
            log.error("an export ends in the middle: %s", error)
            raise Cut from error

    def close(self) -> None:
        """Give the place back. WSGI servers call it at the end, however that came."""
        self._place.free()
