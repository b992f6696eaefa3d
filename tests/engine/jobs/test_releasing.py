"""Memory that a burst has freed goes back to the system."""

import subprocess
import sys

import pytest

from engine.jobs import releasing
from engine.jobs.releasing import EACH, Releasing
from tests.clock import Clock
from tests.running import ROOT

BURST = """
from pathlib import Path
from engine.jobs.releasing import release

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

blocks = [bytes(2000) for _ in range(50_000)]
last = bytes(2000)
del blocks
before = megabytes()
release()
print(before - megabytes())
"""


@pytest.mark.skipif(releasing._trim() is None, reason="the C library is not glibc")
def test_what_was_freed_below_something_used_is_given_back() -> None:
    """After a burst of 100 MB, whose last piece stays, most of them are given back."""
    done = subprocess.run([sys.executable, "-c", BURST], cwd=ROOT, capture_output=True, text=True, check=True)

    assert float(done.stdout) > 80


def test_it_is_done_now_and_then() -> None:
    """The first look gives memory back, and then one every ten seconds."""
    clock, calls = Clock(), []
    job = Releasing(clock, lambda: calls.append(clock.time))
    found = []
    for _ in range(4):
        found.append(job.look())
        clock.advance(EACH / 2)

    assert found == [True, False, True, False]
    assert len(calls) == 2


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without glibc's function there is nothing to do."""
    monkeypatch.setattr(releasing, "_trim", lambda: None)

    releasing.release()
