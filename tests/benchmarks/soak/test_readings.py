"""What readings of a long run say."""

import os
import subprocess
import sys

import pytest

from benchmarks.process import Server
from benchmarks.soak.readings import Reading, judged, read, report


def readings(grown: float = 0.0, descriptors: int = 0, threads: int = 0) -> list[Reading]:
    """Return readings of an hour that vary a little, and grow by so much."""
    return [
        Reading(
            60.0 * minute,
            120.0 + minute % 7,
            120.0 + 0.05 * (minute % 3) + grown * minute / 60,
            40 + minute % 5 + descriptors * minute // 60,
            20 + minute % 2 + threads * minute // 60,
        )
        for minute in range(61)
    ]


def test_what_stays_as_it_is_misses_nothing() -> None:
    """Counts that vary, and memory that does, are no growth."""
    result = judged(readings())

    assert result.missed == []
    assert result.slope.value == pytest.approx(0, abs=0.05)


def test_memory_that_comes_and_goes_is_no_growth() -> None:
    """What bursts have freed, and is not given back yet, hides no slope of a few megabytes an hour."""
    bursts = [
        Reading(2.0 * place, 150, 120 + 3.0 * 2 * place / 3600 + place * 7919 % 10 * 2, 40, 20)
        for place in range(1800)
    ]

    assert judged(bursts).missed == ["memory grows by 3.0 MB an hour (at most 1)"]
    assert judged(bursts).slope.error < 0.1


def test_growing_memory_is_found() -> None:
    """The sentence has the slope."""
    assert judged(readings(grown=3.0)).missed == ["memory grows by 3.0 MB an hour (at most 1)"]


@pytest.mark.parametrize(
    ("grown", "said"),
    [
        ({"descriptors": 30}, "file descriptors grew: at most 46 at the beginning, at least 67 at the end"),
        ({"threads": 12}, "threads grew: at most 22 at the beginning, at least 30 at the end"),
    ],
)
def test_a_growing_count_is_found(grown: dict[str, int], said: str) -> None:
    """The least count at the end is compared with the largest one of the beginning."""
    assert judged(readings(**grown)).missed == [said]


def test_too_few_readings_say_nothing() -> None:
    """A run that was too short raises."""
    with pytest.raises(ValueError, match="too few"):
        judged(readings()[:5])


def test_the_report_says_how_sure_it_is() -> None:
    """A slope whose error is too large is told as such."""
    short = [Reading(float(second), 120, 120 + second % 2, 40, 20) for second in range(20)]
    *rows, last = report(judged(short))

    assert rows[2:4] == [
        "| file descriptors | 40 (40 to 40) | 40 (40 to 40) |",
        "| threads | 20 (20 to 20) | 20 (20 to 20) |",
    ]
    assert last.endswith("too short to prove the limit")
    assert not [*report(judged(readings()))][-1].endswith("limit")


def test_a_process_is_read_with_its_descriptors_and_threads() -> None:
    """The counts are those of all processes of a session."""
    waiting = "threading.Thread(target=sys.stdin.read).start()"
    code = f"import sys, threading; kept = open('/dev/null'); {waiting}; print(flush=True)"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        reading = read(Server(process.pid), 5.0)
        listed = len(os.listdir(f"/proc/{process.pid}/fd"))
        process.communicate(timeout=10)

    assert (reading.time, reading.threads, reading.descriptors) == (5.0, 2, listed)
    assert reading.megabytes > reading.anonymous > 1
