"""A worker's metrics are in its files, or in its memory if files are impossible."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import values as library

from engine.telemetry.metrics import Folder, Metrics
from engine.telemetry.metrics._numbers import RETRIED
from tests.clock import Clock
from tests.counted import number, read
from tests.running import ROOT
from tests.waiting import eventually


@pytest.fixture(autouse=True)
def _values() -> Iterator[None]:
    """Restore metrics in memory for other tests."""
    yield
    library.ValueClass = library.MutexValue


def counted(metrics: Metrics, status: str = "200") -> float | None:
    """Return the reported number of requests to `/x`."""
    return number(read(metrics.exposition().decode()), "engine_requests_total", endpoint="/x", status=status)


def test_numbers_are_in_the_files_of_all(tmp_path: Path) -> None:
    """Every worker reports the metrics of all workers."""
    metrics = Metrics(f"{tmp_path}")
    metrics.note("/x", "200", 0.1)
    metrics.flush()

    assert counted(metrics) == 1
    assert {path.name.partition("_")[0] for path in tmp_path.iterdir()} == {"counter", "gauge", "histogram"}
    assert number(read(Metrics(f"{tmp_path}").exposition().decode()), "engine_workers") is not None


@pytest.mark.parametrize("folder", ["missing", "a file", "/proc/nowhere"])
def test_a_folder_that_cannot_be_had_ends_nothing(tmp_path: Path, folder: str) -> None:
    """Without a usable folder, the worker reports its own metrics."""
    (tmp_path / "a file").write_bytes(b"")
    metrics = Metrics(f"{tmp_path / folder}")
    for _ in range(3):
        metrics.note("/x", "200", 0.1)

    assert counted(metrics) == 3


def test_files_are_tried_again_after_a_while(tmp_path: Path) -> None:
    """Files are tried again after a pause, and then contain all that was counted meanwhile."""
    clock = Clock()
    folder = tmp_path / "later"
    metrics = Metrics(f"{folder}", clock)
    metrics.note("/x", "200", 0.1)
    assert counted(metrics) == 1
    folder.mkdir()
    assert (counted(metrics), [*folder.iterdir()]) == (1, [])

    clock.advance(RETRIED)
    assert counted(metrics) == 1
    assert [*folder.iterdir()]


def test_a_folder_that_is_swept_away_takes_no_number_along(tmp_path: Path) -> None:
    """Deleted files are created again with all counts."""
    metrics = Metrics(f"{tmp_path}")
    metrics.note("/x", "200", 0.1)
    assert counted(metrics) == 1
    for file in tmp_path.iterdir():
        file.unlink()

    assert counted(metrics) == 1
    assert [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "content", [b"", b"x", b"\xff" * 70_000, b"\x40\0\0\0\0\0\0\0\x08\0\0\0nonsense" + b"\0" * 70_000]
)
def test_a_file_that_cannot_be_read_takes_nothing_from_the_others(tmp_path: Path, content: bytes) -> None:
    """An unreadable file leaves the metrics of the others unchanged, whatever it contains."""
    metrics = Metrics(f"{tmp_path}")
    metrics.note("/x", "200", 0.1)
    (tmp_path / "counter_1.db").write_bytes(content)
    (tmp_path / "gauge_livesum.db").write_bytes(content)

    assert counted(metrics) == 1


FULL = """
import resource, sys
from engine.telemetry.metrics import Metrics
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
metrics = Metrics(sys.argv[1])
for number in range(300):
    metrics.note(f"/{number}", "200", 0.1)
sys.stdout.buffer.write(metrics.exposition())
"""


@pytest.mark.parametrize("size", [1000, 100_000])
def test_a_file_that_cannot_grow_ends_nothing(tmp_path: Path, size: int) -> None:
    """A full disk ends no process, whether it is full at the start or later."""
    ended = subprocess.run(
        [sys.executable, "-c", FULL, f"{tmp_path}", f"{size}"], cwd=ROOT, capture_output=True, text=True
    )

    assert ended.returncode == 0, ended.stderr
    numbers = read(ended.stdout)
    for endpoint in ("/0", "/299"):
        assert number(numbers, "engine_requests_total", endpoint=endpoint, status="200") == 1


SERVER = """
import sys, time
from pathlib import Path
from engine.telemetry.metrics import Folder
Folder(Path(sys.argv[1])).begin()
print("begun", flush=True)
sys.stdin.read()
"""


class Server:
    """A process that owns a folder until it is killed."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER, f"{folder}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"begun\n"
        (folder / "counter_1.db").write_bytes(b"")

    def kill(self) -> None:
        """Kill the process as a crash would."""
        self._process.kill()
        self._process.communicate()


def test_folders_of_dead_servers_are_removed(tmp_path: Path) -> None:
    """A folder is removed if it certainly belongs to a dead server of the engine, and others stay."""
    dead, alive, more, old, linked = (tmp_path / f"engine-metrics-{name}" for name in "abcde")
    other = tmp_path / "other"
    for server in (Server(dead), Server(more)):
        server.kill()
    (more / "of another program").write_bytes(b"")
    for folder in (old, other):
        folder.mkdir()
        (folder / "counter_1.db").write_bytes(b"")
    (other / "server.lock").write_bytes(b"")
    linked.symlink_to(other)
    living = Server(alive)
    new = Folder(tmp_path / "engine-metrics-new")
    new.begin()
    try:
        found = {path.name for path in tmp_path.iterdir()}
    finally:
        living.kill()
        new.end()

    assert found == {path.name for path in (alive, more, old, linked, other)} | {"engine-metrics-new"}
    assert not (tmp_path / "engine-metrics-new").exists()


def test_only_files_of_numbers_are_forgotten(tmp_path: Path) -> None:
    """Only files of metrics are deleted from an operator's folder."""
    for name in ("counter_1.db", "gauge_livesum_2.db", "histogram_3.db", "prices.db", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    folder = Folder(tmp_path)
    folder.begin()
    folder.end()

    assert {path.name for path in tmp_path.iterdir()} == {"prices.db", "notes.txt"}


def test_a_folder_that_cannot_be_made_ends_no_server(tmp_path: Path) -> None:
    """A server runs from its start to its end without a folder for metrics."""
    (tmp_path / "file").write_bytes(b"")
    folder = Folder(tmp_path / "file" / "engine-metrics-x")
    folder.begin()
    folder.mark_dead(1)
    folder.end()

    eventually(lambda: (tmp_path / "file").exists())
