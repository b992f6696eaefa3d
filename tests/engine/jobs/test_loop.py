"""The thread of a background job: when its ticks come, and what it logs of a failed one."""

import logging
import os
from collections.abc import Callable
from threading import Event

import pytest

from engine.jobs.loop import TICK, Loop
from tests.running import ROOT
from tests.template import template

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
    assert record.message == "job stopped during a tick: cannot schedule new futures after shutdown"


class Waits:
    """Waits by a clock of their own: each takes as long as a test says, and says whether it was woken."""

    def __init__(self, *taken: tuple[float, bool]) -> None:
        self.now = 0.0
        self.asked: list[float | None] = []
        self._taken = list(taken)
        self.loop: Loop

    def __call__(self, event: Event, seconds: float | None) -> bool:
        """Note for how long a loop would wait, and end it after the last wait."""
        self.asked.append(seconds)
        if not self._taken:
            self.loop.stop()
            return False
        taken, wakened = self._taken.pop(0)
        self.now += taken
        return wakened

    def clock(self) -> float:
        """Return the time."""
        return self.now

    def run(
        self, *, seconds: float, pause: Callable[[], float | None], gathering: float = 0.0
    ) -> list[float]:
        """Run a loop up to the last wait, and return the times of its ticks."""
        ticks: list[float] = []
        self.loop = Loop(
            "job",
            lambda: ticks.append(self.now),
            log,
            "the job failed",
            seconds=seconds,
            pause=pause,
            gathering=gathering,
            wait=self,
            clock=self.clock,
        )
        self.loop._run()
        return ticks


def test_a_pause_makes_ticks_rarer() -> None:
    """The next tick comes after the pause, and never sooner than the loop's own seconds."""
    waits = Waits((1, False), (30, False), (1, False))
    pauses = iter((30.0, 0.5, None))

    assert waits.run(seconds=1, pause=lambda: next(pauses)) == [1, 31, 32]
    assert waits.asked == [1, 30, 1, None]


def test_a_tick_that_is_woken_comes_at_once_but_not_too_often() -> None:
    """A woken tick comes at once, but never sooner after the last one than the loop's seconds."""
    waits = Waits((10, False), (25, True), (3, True), (7, False))

    assert waits.run(seconds=10, pause=lambda: None) == [10, 35, 45]
    assert waits.asked == [10, None, None, 7, None]


def test_a_tick_gathers_what_comes_after_a_wake() -> None:
    """A loop may let some seconds pass after a wake, so that one tick takes what comes in them."""
    waits = Waits((1, False), (60, True), (2, False))

    assert waits.run(seconds=1, pause=lambda: None, gathering=2) == [1, 63]
    assert waits.asked == [1, None, 2, None]


def test_a_wake_makes_no_tick_later() -> None:
    """A wake delays no tick that is due anyway: a job with a backlog goes on at its pace."""
    waits = Waits((1, False), (0.75, True), (0.25, False))

    assert waits.run(seconds=1, pause=lambda: 1, gathering=1) == [1, 2]
    assert waits.asked == [1, 1, 0.25, 1]


def test_a_wake_during_a_tick_is_not_lost() -> None:
    """A wake during a tick causes another tick, even where nothing else would."""
    second = Event()
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(len(ticks))
        if len(ticks) == 1:
            loop.wake()
        else:
            second.set()

    loop = Loop("job", tick, log, "the job failed", seconds=0, pause=lambda: None)
    loop.start()
    assert second.wait(10)
    loop.stop()

    assert ticks == [0, 1]


def test_a_loop_without_work_ends_at_once() -> None:
    """A loop that waits without end is stopped like any other."""
    waits = Event()

    def wait(event: Event, seconds: float | None) -> bool:
        if seconds is None:
            waits.set()
        return event.wait(seconds)

    loop = Loop("job", lambda: None, log, "the job failed", seconds=0, pause=lambda: None, wait=wait)
    loop.start()
    assert waits.wait(10)
    loop.stop()

    assert not loop.running


def test_a_failed_tick_keeps_the_pause(caplog: pytest.LogCaptureFixture) -> None:
    """An unexpected error makes ticks no more frequent."""
    waits = Waits((1, False), (60, False))
    waits.loop = Loop(
        "job",
        lambda: 1 // 0,
        log,
        "the job failed",
        seconds=1,
        pause=lambda: 60,
        wait=waits,
        clock=waits.clock,
    )
    waits.loop._run()

    assert waits.asked == [1, 60, 60]
    assert levels(caplog) == ["ERROR", "ERROR"]


def test_after_a_failure_no_loop_rests_for_good(caplog: pytest.LogCaptureFixture) -> None:
    """A loop goes on after a failed tick and after a failed pause: neither lets it rest for good."""

    def nothing() -> float | None:
        return None

    def failing() -> float | None:
        return 1 // 0

    tick, pause = iter((failing, nothing, nothing)), iter((nothing, failing, nothing))
    waits = Waits((2, False), (2, False), (2, False))
    waits.loop = Loop(
        "job",
        lambda: next(tick)(),
        log,
        "the job failed",
        seconds=0.5,
        pause=lambda: next(pause)(),
        wait=waits,
        clock=waits.clock,
    )
    waits.loop._run()

    assert waits.asked == [0.5, TICK, TICK, None]
    assert levels(caplog) == ["ERROR", "ERROR"]


REAL_THREAD = """
from gevent import monkey
monkey.patch_all()
import logging
import os
import threading
from gevent.monkey import get_original
from engine.jobs.loop import Loop

start = get_original("_thread", "start_new_thread")
ticks, woken = [], threading.Event()

def tick():
    ticks.append(len(ticks))
    if len(ticks) == 2:
        woken.set()

def wait(event, seconds):
    if seconds is None and len(ticks) == 1:
        start(loop.wake, ())
    return event.wait(seconds)

loop = Loop("job", tick, logging.getLogger(), "failed", seconds=0, pause=lambda: None, wait=wait)
loop.start()
assert woken.wait(30)
"""


def test_a_real_thread_wakes_a_greenlet() -> None:
    """Under gevent a thread beside the event loop can wake a job, though nothing else runs in that loop."""
    done = template("gevent").run(("-c", REAL_THREAD), ROOT, os.environ, 60)

    assert (done.returncode, done.stderr) == (0, "")
