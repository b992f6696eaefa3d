"""Read what the operating system counts for the workers of a server, and which release they run."""

import os
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from engine.version import VERSION

LIVE = "gauge_livesum_"
"""The prefix of a file that a worker has while it lives; its process's number follows."""
OF_ALL = {"process_start_time_seconds": min, "process_max_fds": min}
"""How values of several workers become one; all others are added up."""


class WorkersCollector(Collector):
    """Report `engine_build_info`, and `process_*` of the workers in `folder` together, or of this process.

    The start time is that of the oldest worker, and the limit of file descriptors holds for each.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Return the metric families as they are now."""
        info = GaugeMetricFamily(
            "engine_build_info", "The running release", labels=("version", "python_version")
        )
        info.add_metric((VERSION, platform.python_version()), 1)
        return [info, *self._processes()]

    def _processes(self) -> Iterator[Metric]:
        families: dict[str, list[Metric]] = {}
        for worker in self._workers():
            for family in ProcessCollector(pid=lambda worker=worker: worker, registry=None).collect():  # type: ignore[misc]
                families.setdefault(family.name, []).append(family)
        for name, found in families.items():
            values = [sample.value for family in found for sample in family.samples]
            kind = CounterMetricFamily if found[0].type == "counter" else GaugeMetricFamily
            yield kind(name, found[0].documentation, value=OF_ALL.get(name, sum)(values))

    def _workers(self) -> list[int]:
        if self._folder is None:
            return [os.getpid()]
        found = self._folder.glob(f"{LIVE}*.db")
        return sorted(int(path.stem.removeprefix(LIVE)) for path in found) or [os.getpid()]
