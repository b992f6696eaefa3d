"""The job that writes candles which requests have brought."""

from pathlib import Path

from engine.config import Settings
from engine.history.archive import Archive
from engine.history.recorder import AT_ONCE, Recorder
from engine.history.series import Cause
from engine.jobs.recording import Recording
from tests.engine.history.kept import BTC, finding, kept


def test_a_stop_writes_all_that_waits(tmp_path: Path) -> None:
    """Candles that wait when the engine stops are kept, also when there are more than one turn writes."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    recorder = Recorder(archive)
    for minute in range(AT_ONCE + 10):
        recorder.offer(BTC, finding(kept(minute)), Cause.REQUEST)

    Recording(archive, recorder).stop()

    assert recorder.written == AT_ONCE + 10
