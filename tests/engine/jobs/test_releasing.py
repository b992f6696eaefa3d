"""Memory that a burst has freed goes back to the system."""

import subprocess
import sys

import pytest

from engine.jobs import releasing
from engine.jobs.releasing import EACH, Releasing
from tests.clock import Clock
from tests.running import ROOT
from tests.template import template

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


@pytest.mark.parametrize(("took", "pause"), [(0.0, EACH), (0.005, EACH), (0.05, 60.0)])
def test_it_takes_a_thousandth_of_the_time_at_most(took: float, pause: float) -> None:
    """After a look that gives memory back the next one waits ten seconds, or a thousand times its work.

    That the machine was busy with something else meanwhile does not count.
    """
    clock, worked = Clock(), Clock()

    def release() -> None:
        worked.advance(took)
        clock.advance(1.0)

    job = Releasing(clock, worked, release)
    found = []
    for seconds in (0.0, pause / 2, pause / 2, pause / 2):
        clock.advance(seconds)
        found.append(job.look())

    assert found == [True, False, True, False]


ELSEWHERE = {
    "another C library": "ctypes.CDLL = lambda name: object()",
    "a refused library": "ctypes.CDLL = lambda name: open('/nowhere')",
    "another system": "ctypes.CDLL = lambda name: len(None)",
}
TRIED = "from engine.jobs import releasing\nprint(releasing._trim())\nreleasing.release()"


@pytest.mark.parametrize("where", ELSEWHERE)
def test_without_the_function_there_is_nothing_to_do(where: str) -> None:
    """Where memory cannot be given back, nothing fails."""
    assert template("plain").output("-c", f"import ctypes; {ELSEWHERE[where]}\n{TRIED}") == "None\n"


def test_without_ctypes_the_engine_starts() -> None:
    """Where Python lacks ctypes, the import of the engine does not fail, and there is nothing to do."""
    run = [sys.executable, "-c", f"import sys; sys.modules['ctypes'] = None\n{TRIED}"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "None\n")
