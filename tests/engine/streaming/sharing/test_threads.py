"""The steps of a worker are repeated until the end, whatever happens in one of them."""

import logging
import threading

import pytest

from engine.store.sequence import Unavailable
from engine.streaming.sharing.threads import Threads
from tests.waiting import eventually


def test_steps_go_on_after_errors(caplog: pytest.LogCaptureFixture) -> None:
    """Steps continue after errors: an unavailable Redis is expected, and any other error is logged."""
    taken = {"elect": 0, "read": 0, "send": 0}
    filled = threading.Event()
    filled.set()

    def elect() -> None:
        taken["elect"] += 1
        if taken["elect"] == 1:
            raise KeyError("unexpected")

    def read() -> bool:
        taken["read"] += 1
        if taken["read"] == 1:
            raise Unavailable
        return False

    def send() -> None:
        taken["send"] += 1
        if taken["send"] == 1:
            raise Unavailable
        filled.clear()

    threads = Threads(elect, read, send, filled)
    with caplog.at_level(logging.ERROR):
        threads.start()
        eventually(lambda: min(taken.values()) >= 2)
        threads.stop()

    assert [record.getMessage() for record in caplog.records] == ["sharing the streams failed unexpectedly"]
    assert not threads.running
