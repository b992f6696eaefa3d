"""The way to the database of alerts: the history's, with connections and threads of its own.

Rules work without a history. The libraries are imported on first use: an idle start stays small.
"""

import logging
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from engine.config import Settings
from engine.history.archive import FILE
from engine.history.availability import Availability, can_be_written
from engine.history.errors import ArchiveOff, ArchiveUnreachable
from engine.history.threads import Threads

if TYPE_CHECKING:
    from engine.alerts.keeping.storage import AlertStorage

T = TypeVar("T")
DONE_WITHIN = 5.0
"""Seconds after which work is given up: the database hangs."""
WRITTEN_WITHIN = 7.0
"""The same for work that writes, which may wait for another program that does."""
PRIVATE = 0o600
"""The mode of a file that holds secrets."""

log = logging.getLogger(__name__)


class Access:
    """Runs work on the storage in threads beside the event loop."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        """Returns Unix seconds."""
        self._settings = settings
        self.availability = Availability(
            enabled=settings.alerts_enabled, what="alert rules", setting="ALERTS_ENABLED"
        )
        self._threads = Threads(self.availability, self._open)

    @property
    def has_keys(self) -> bool:
        """Whether there are keys, which own rules."""
        return self._settings.api_keys_file is not None

    @property
    def is_there(self) -> bool:
        """Whether there may be rules: without keys or a database there are none, and nothing is opened."""
        if not self.has_keys or not self.availability.usable:
            return False
        return self._threads.is_open or self._settings.database_url is not None or os.path.exists(self._file)

    def start(self) -> None:
        """Check that the folder can be written. Its absence stops nothing but the rules."""
        if not self._settings.alerts_enabled or self._settings.database_url is not None:
            return
        folder = self._settings.data_dir
        if not can_be_written(folder):
            self.availability.refuse(ArchiveOff("DATA_DIR cannot be written"))
            log.warning("DATA_DIR %s cannot be written; serving without alert rules", folder)

    def stop(self) -> None:
        """Close the connections."""
        self._threads.stop()

    def run(self, work: Callable[["AlertStorage"], T]) -> T:
        """Return what `work` returns, in a thread of its own. Raises an `ArchiveError`."""
        return self._threads.run(work, DONE_WITHIN)

    def write(self, work: Callable[["AlertStorage"], T]) -> T:
        """Do the same with work that writes."""
        return self._threads.write(work, WRITTEN_WITHIN)

    def change(self, work: Callable[["AlertStorage"], T]) -> T:
        """Do the same with work that needs room."""
        return self._threads.change(work, WRITTEN_WITHIN)

    def _open(self) -> "AlertStorage":
        from engine.alerts.keeping.storage import AlertStorage
        from engine.history.database import Database

        url = self._settings.database_url
        if url is None:
            self._keep_private()
            url = f"sqlite:///{os.path.abspath(self._file)}"
        return AlertStorage(Database(url), self.clock)

    def _keep_private(self) -> None:
        """Let only the engine's own user read the file, which has the secrets of webhooks."""
        try:
            os.makedirs(self._settings.data_dir, exist_ok=True)
            os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, PRIVATE))
            for path in (self._file, f"{self._file}-wal", f"{self._file}-shm"):
                if os.path.exists(path):
                    os.chmod(path, PRIVATE)
        except OSError as error:
            raise ArchiveUnreachable(f"the file of alert rules cannot be opened: {error.strerror}") from None

    @property
    def _file(self) -> str:
        return os.path.join(self._settings.data_dir, FILE)
