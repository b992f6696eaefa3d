"""Whether a database can be used, as far as this process knows."""

import logging
import os
import time

from engine.history.errors import (
    ArchiveError,
    ArchiveFull,
    ArchiveOff,
    ArchiveUnreachable,
    Busy,
    WrongRelease,
)

PAUSE = 5.0
"""Seconds without requests to a database that does not answer."""
HELD = 60.0
"""Seconds after a writer's last `Busy` for which the database counts as read-only."""
FOREVER = float("inf")

log = logging.getLogger(__name__)


class Availability:
    """Tracks why the database cannot be used, and logs each change once. `what` names it in log lines."""

    def __init__(self, *, enabled: bool, what: str = "the history", setting: str = "HISTORY_ENABLED") -> None:
        self._what = what
        self._enabled = enabled
        self._refusal: ArchiveError | None = None
        self._until = 0.0
        self._full: str | None = None
        self._held: str | None = None
        self._held_until = 0.0
        if not enabled:
            self.refuse(ArchiveOff(f"{setting} is false"))

    @property
    def usable(self) -> bool:
        """Whether callers may try to use the database now."""
        return self._refusal is None or time.monotonic() >= self._until

    @property
    def refusal(self) -> ArchiveError | None:
        """Why the database is not used now, `None` while it is usable."""
        return None if self.usable else self._refusal

    @property
    def reason(self) -> str | None:
        """Why the database cannot be used or written to; `None` while it works."""
        return self._full or (self.held if self._refusal is None else str(self._refusal))

    @property
    def state(self) -> str:
        """`ok`, `off`, `full` or `unavailable`."""
        if self._full is not None:
            return "full"
        if self._refusal is None and self.held is None:
            return "ok"
        return "unavailable" if self._enabled else "off"

    def require(self) -> None:
        """Raise the last `ArchiveError`, unless callers may try again now."""
        if (refusal := self.refusal) is not None:
            raise type(refusal)(str(refusal))

    def refuse(self, error: ArchiveError, seconds: float = FOREVER) -> None:
        """Refuse all work for some seconds."""
        self._refusal, self._until = error, time.monotonic() + seconds

    def end(self, error: WrongRelease) -> None:
        """Refuse all work until a restart: the database has tables of another release."""
        self.refuse(error)
        log.error("%s; serving without %s", error, self._what)

    def lost(self, error: ArchiveUnreachable) -> None:
        """Note that the database does not answer."""
        if not isinstance(self._refusal, ArchiveUnreachable):
            log.error("%s; serving without %s until it does", error, self._what)
        self.refuse(error, PAUSE)

    def worked(self) -> None:
        """Note that the database answers."""
        if self._refusal is not None:
            log.warning("%s can be used again", self._what)
            self._refusal = None

    @property
    def held(self) -> str | None:
        """Why the database is read-only, `None` otherwise."""
        return self._held if time.monotonic() < self._held_until else None

    def held_up(self, error: Busy) -> None:
        """Note that another program locks writers out."""
        if self.held is None:
            log.error("%s; serving %s read-only until it ends", error, self._what)
        self._held, self._held_until = str(error), time.monotonic() + HELD

    def wrote(self) -> None:
        """Note that a write worked, or that no other program prevented it."""
        if self._held is not None:
            log.warning("%s can be written again", self._what)
            self._held = None

    def filled_up(self, error: ArchiveFull) -> None:
        """Note that there is no room."""
        if self._full is None:
            log.error("%s; serving %s read-only until there is room", error, self._what)
        self._full = str(error)

    def has_room(self) -> None:
        """Note that there was room for a write."""
        if self._full is not None:
            log.warning("there is room for %s again", self._what)
            self._full = None


def can_be_written(folder: str) -> bool:
    """Return whether files can be created in a folder. Create the folder if it is missing."""
    try:
        os.makedirs(folder, exist_ok=True)
        return os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False
