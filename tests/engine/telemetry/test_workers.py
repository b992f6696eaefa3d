"""What the operating system counts for all workers of a server."""

import os
import platform
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from engine.telemetry.metrics._workers_collector import WorkersCollector
from engine.version import VERSION
from tests.counted import Numbers, number, read

DEAD = 2**22 + 1
"""A number that no process has: Linux gives none above 2**22."""


def reported(folder: Path | None) -> Numbers:
    """Return the metrics of the workers in a folder."""
    registry = CollectorRegistry()
    registry.register(WorkersCollector(folder))
    return read(generate_latest(registry).decode())


def of_one(pid: int) -> Numbers:
    """Return the metrics of one process, as the library counts them."""
    return read(generate_latest(_registry(pid)).decode())


def _registry(pid: int) -> CollectorRegistry:
    registry = CollectorRegistry()
    ProcessCollector(pid=lambda: pid, registry=registry)
    return registry


def test_the_release_is_a_label() -> None:
    """The metrics name the release and Python's version."""
    labels = {"version": VERSION, "python_version": platform.python_version()}

    assert number(reported(None), "engine_build_info", **labels) == 1


def test_workers_are_added_up(tmp_path: Path) -> None:
    """Memory and processor time are those of all living workers, and the start is the first one's."""
    mine, other = os.getpid(), os.getppid()
    for pid in (mine, other, DEAD):
        (tmp_path / f"gauge_livesum_{pid}.db").touch()

    name = "process_start_time_seconds"
    both = reported(tmp_path)
    alone = [number(of_one(pid), name) or 0.0 for pid in (mine, other)]

    assert number(both, name) == pytest.approx(min(alone))
    memory = sum(number(of_one(pid), "process_resident_memory_bytes") or 0.0 for pid in (mine, other))
    assert number(both, "process_resident_memory_bytes") == pytest.approx(memory, rel=0.2)
    assert (number(both, "process_cpu_seconds_total") or 0) > (
        number(of_one(mine), "process_cpu_seconds_total") or 0
    ) / 2


def test_without_files_a_worker_counts_for_itself(tmp_path: Path) -> None:
    """A worker without a folder, or with an empty one, reports its own process."""
    for folder in (None, tmp_path):
        assert number(reported(folder), "process_start_time_seconds") == number(
            of_one(os.getpid()), "process_start_time_seconds"
        )
