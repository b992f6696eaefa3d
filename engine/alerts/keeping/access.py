"""Access to the database of alerts: that of the history, with separate connections and threads.

Rules also work without a history. Libraries are imported on first use, which keeps an idle start small.
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
"""Seconds after which reading fails: the database hangs."""
WRITTEN_WITHIN = 7.0
"""The same for writing, which may wait for another program's transaction."""
PRIVATE = 0o600
"""The mode of a file that holds secrets."""

log = logging.getLogger(__name__)


class Access:
    """Runs work on the storage in threads, beside the event loop."""

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
        """Whether there are keys, whose owners may have rules."""
        return self._settings.api_keys_file is not None

    @property
    def is_there(self) -> bool:
        """Whether there may be rules. Without keys or a database there are none, and nothing is opened."""
        if not self.has_keys or not self.availability.usable:
            return False
        return self._threads.is_open or self._settings.database_url is not None or os.path.exists(self._file)

    def start(self) -> None:
        """Check that the folder can be written. If not, the engine serves without rules."""
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
        """Run `work` in a thread, and return its result. Raises an `ArchiveError`."""
        return self._threads.run(work, DONE_WITHIN)

    def write(self, work: Callable[["AlertStorage"], T]) -> T:
        """Run work that writes, and return its result. Raises an `ArchiveError`."""
        return self._threads.write(work, WRITTEN_WITHIN)

    def change(self, work: Callable[["AlertStorage"], T]) -> T:
        """Run work that needs disk space, and return its result. Raises an `ArchiveError`."""
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
        """Let only the engine's user read the file, which has the secrets of webhooks."""
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
