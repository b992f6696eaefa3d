"""The thread of a background job, and what it logs of a failed tick."""

import logging
from threading import Event

import pytest

from engine.jobs.loop import Loop

log = logging.getLogger(__name__)


def levels(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the levels of what was logged."""
    return [record.levelname for record in caplog.records]


def test_a_failed_tick_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    """An unexpected error is logged as such, and ends no loop."""
    again = Event()
    ticks = iter((None, again))

    def tick() -> None:
        if (done := next(ticks, None)) is not None:
            done.set()
        raise RuntimeError("unforeseen")

    loop = Loop("job", tick, log, "the job failed", seconds=0.001)
    loop.start()
    assert again.wait(10)
    loop.stop()

    assert levels(caplog)[0] == "ERROR"
    assert caplog.records[0].message == "the job failed"


def test_a_tick_that_is_cut_by_the_end_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """A tick that fails because the process ends is noted without a traceback."""
    caplog.set_level(logging.INFO)
    begun = Event()

    def tick() -> None:
        begun.set()
        loop._stopping.wait()
        raise RuntimeError("cannot schedule new futures after shutdown")

    loop = Loop("job", tick, log, "the job failed", seconds=0.001)
    loop.start()
    assert begun.wait(10)
    loop.stop()

    [record] = caplog.records
    assert (record.levelname, record.exc_info) == ("INFO", None)
    assert record.message == "job ended amid its work: cannot schedule new futures after shutdown"
