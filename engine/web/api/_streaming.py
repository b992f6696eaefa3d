"""Files that are sent while they are read."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator

from engine.concurrency.locks import Lock
from engine.errors import ApiError
from engine.history.errors import ArchiveError

AT_ONCE = 2
"""Files that one client receives at the same time."""
RETRY_AFTER = 5

log = logging.getLogger(__name__)


class Cut(ConnectionAbortedError):
    """The rest of a file could not be read: the connection ends without the last chunk."""


class Streams:
    """Counts the files that each client receives from this worker."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: Counter[str] = Counter()

    def begin(self, client: str) -> None:
        """Count a file more. Raises an `ApiError` where the client has enough."""
        with self._lock:
            if self._open[client] < AT_ONCE:
                self._open[client] += 1
                return
        message = f"Only {AT_ONCE} exports at once"
        raise ApiError(message, code="RATE_LIMITED", status=429, retry_after=RETRY_AFTER)

    def end(self, client: str) -> None:
        """Count a file less."""
        with self._lock:
            self._open[client] -= 1
            if self._open[client] <= 0:
                del self._open[client]


class Stream:
    """The pieces of a file, whose place is given back however the transfer ends."""

    def __init__(self, pieces: Iterable[bytes], streams: Streams, client: str) -> None:
        self._pieces = iter(pieces)
        self._streams = streams
        self._client = client
        self._ended = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except ArchiveError as error:
            log.error("an export ends in the middle: %s", error)
            raise Cut from error

    def close(self) -> None:
        """Give the place back. WSGI servers call it at the end, however that came."""
        if not self._ended:
            self._ended = True
            self._streams.end(self._client)
