"""Files that are sent while they are read."""

import logging
from collections.abc import Iterable, Iterator

from engine.history.errors import ArchiveError
from engine.web.api._export_slots import ExportSlot

log = logging.getLogger(__name__)


class Cut(ConnectionAbortedError):
    """The rest of a file could not be read: the connection ends without the last chunk."""


class Stream:
    """The pieces of a file, whose slot is given back however the transfer ends."""

    def __init__(self, pieces: Iterable[bytes], slot: ExportSlot) -> None:
        self._pieces = iter(pieces)
        self._slot = slot

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except ArchiveError as error:
            log.error("an export ends in the middle: %s", error)
            raise Cut from error

    def close(self) -> None:
        """Give the slot back. WSGI servers call it at the end, however that came."""
        self._slot.free()
