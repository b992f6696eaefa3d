"""The job that writes candles which requests have brought."""

import threading
from pathlib import Path

import pytest

from engine.config import Settings
from engine.history.archive import Archive
from engine.history.errors import Busy
from engine.history.recorder import AT_ONCE, Recorder
from engine.history.series import Cause
from engine.jobs.loop import TICK
from engine.jobs.recording import Recording
from tests.engine.history.kept import BTC, finding, kept
from tests.waiting import eventually


def test_a_stop_writes_all_that_waits(tmp_path: Path) -> None:
    """Candles that wait when the engine stops are kept, also when there are more than one turn writes."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    recorder = Recorder(archive)
    for minute in range(AT_ONCE + 10):
        recorder.offer(BTC, finding(kept(minute)), Cause.REQUEST)

    Recording(archive, recorder).stop()

    assert recorder.written == AT_ONCE + 10


def test_a_stop_waits_for_no_other_program(tmp_path: Path) -> None:
    """While another program writes for long, a stop leaves what waits: it comes again with a request."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    recorder = Recorder(archive)
    recorder.offer(BTC, finding(kept(0)), Cause.REQUEST)
    archive.availability.held_up(Busy("another program writes"))

    Recording(archive, recorder).stop()

    assert recorder.waits


def test_a_stop_learns_from_a_write_that_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop that begins while a write waits for another program does not begin a second one."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    recorder = Recorder(archive)
    recording = Recording(archive, recorder)
    done, tries = threading.Event(), []

    def write(*finding: object) -> None:
        tries.append(finding)
        done.wait()
        archive.availability.held_up(Busy("another program writes"))
        raise Busy("another program writes")

    monkeypatch.setattr(archive, "write", write)
    recorder.offer(BTC, finding(kept(0)), Cause.REQUEST)
    first = threading.Thread(target=recording.tick)
    first.start()
    eventually(lambda: tries)
    last = threading.Thread(target=recording.stop)
    last.start()
    done.set()
    first.join()
    last.join()

    assert len(tries) == 1


def test_it_rests_until_something_is_offered(tmp_path: Path) -> None:
    """Each finding that is offered wakes the job, which goes on while any waits, and otherwise rests."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    recorder = Recorder(archive)
    recording = Recording(archive, recorder)
    woken: list[bool] = []
    recorder.offered = lambda: woken.append(recorder.waits)
    assert recording.pause() is None

    for minute in range(AT_ONCE + 1):
        recorder.offer(BTC, finding(kept(minute)), Cause.REQUEST)
    assert woken == [True] * (AT_ONCE + 1)
    pauses = [recording.pause()]
    while recording.tick():
        pauses.append(recording.pause())
    recording.stop()

    assert pauses == [TICK, TICK, None]


def test_what_is_offered_wakes_the_job(tmp_path: Path) -> None:
    """The started job writes what comes while it rests."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    recorder = Recorder(archive)
    recording = Recording(archive, recorder)
    recording.start()
    recorder.offer(BTC, finding(kept(0)), Cause.REQUEST)
    eventually(lambda: recorder.written)
    recording.stop()

    assert recorder.written == 1
