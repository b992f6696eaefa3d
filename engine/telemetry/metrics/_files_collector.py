"""Read the metrics of all workers from their files."""

import logging
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from engine.telemetry.metrics._numbers import BROKEN

UNREADABLE = (OSError, *BROKEN)

log = logging.getLogger(__name__)


class FilesCollector(Collector):
    """Sums up the files in `folder`, except those that cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Return the metric families as they are now."""
        files = sorted(f"{path}" for path in self._folder.glob("*.db"))
        try:
            return _merged(files)
        except UNREADABLE:
            return _merged([file for file in files if _is_readable(file)])


def _merged(files: list[str]) -> Iterable[Metric]:
    families: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
    return families


def _is_readable(file: str) -> bool:
    try:
        _merged([file])
    except UNREADABLE as error:
        log.warning("metrics file %s cannot be read: %s", file, error)
        return False
    return True
