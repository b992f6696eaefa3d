"""Keep the bindings of the catalogue in the database of the history, for restarts without Redis.

A coin that was served under a bare code keeps the code, and a refused code stays refused.
"""

import logging
import zlib
from collections.abc import Callable

import msgspec

from engine.catalogue.identity import Identities
from engine.history import sqlite_file
from engine.history.archive import Archive
from engine.history.errors import ArchiveError

NAME = "catalogue bindings"
AT_MOST = 600.0
"""Seconds between two writes that save only the progress of proofs."""

log = logging.getLogger(__name__)


class KeptBindings:
    """Keeps bindings in `archive`. Without a history it keeps none.

    `served` says whether a client has asked for anything yet. Until then no database is created: it would
    take 35 MB, and without clients no meaning of a code has to last.
    """

    def __init__(self, archive: Archive, served: Callable[[], bool] = lambda: True) -> None:
        self._archive = archive
        self._served = served
        self._last = Identities()
        self._time = 0.0

    def load(self) -> Identities | None:
        """Return the bindings of the last start, `None` if there are none that can be read."""
        if not (self._archive.enabled and self._archive.may_have_something):
            return None
        try:
            found = self._read()
        except ArchiveError as error:
            log.info("the bindings of the catalogue were not read: %s", error)
            return None
        if found is not None:
            self._last = found
        return found

    def _read(self) -> Identities | None:
        """Return the kept bindings. Raises an `ArchiveError`."""
        rows = self._archive.query_file(sqlite_file.VALUE, NAME)
        if rows is None:
            return self._archive.run(lambda storage: _unpacked(storage.value(NAME)))
        return _unpacked(rows[0][0]) if rows else None

    def keep(self, identities: Identities, now: float, yield_now: Callable[[], None]) -> None:
        """Keep bindings at once if a meaning has changed, others once in a while."""
        if identities is self._last or not (self._archive.enabled and self._archive.usable):
            return
        if not (self._archive.may_have_something or self._served()):
            return
        if now - self._time < AT_MOST and identities.mean_as(self._last, yield_now):
            return
        try:
            self._archive.keep_value(NAME, _packed(identities))
        except ArchiveError as error:
            log.info("the bindings of the catalogue were not kept: %s", error)
            return
        self._last, self._time = identities, now


def _packed(identities: Identities) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(identities), 1)


def _unpacked(data: bytes | None) -> Identities | None:
    """Return kept bindings, `None` if they are of another release or damaged."""
    if data is None:
        return None
    try:
        found = msgspec.msgpack.decode(zlib.decompress(data), type=Identities)
    except (zlib.error, msgspec.MsgspecError):
        return None
    return found if found.is_sound else None
