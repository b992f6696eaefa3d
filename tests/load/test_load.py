"""The requirements of the load tests, and that the engine meets them for a quarter of a minute."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.load.profiles import PROFILES, Figures
from tests.running import ROOT

WELL = Figures(
    "some", requests=2000, failures=0, hits=990, cached=1000, per_second=50, wanted=50, p50=2, p95=5, p99=9
)


def test_all_is_well_where_every_requirement_holds() -> None:
    """No requirement is missed if all of them hold."""
    assert WELL.missed() == []


@pytest.mark.parametrize(
    ("figures", "missed"),
    [
        (replace(WELL, failures=2), "success 99.90% is not over 99.9%"),
        (replace(WELL, requests=0), "success 0.00% is not over 99.9%"),
        (replace(WELL, hits=900), "hit rate 90.0% is not over 90%"),
        (replace(WELL, cached=0), "hit rate 0.0% is not over 90%"),
        (replace(WELL, per_second=47), "47 a second are not the 50 of the profile"),
        (replace(WELL, p99=100.0), "p99 100 ms is not under 100 ms"),
    ],
)
def test_each_requirement_can_be_missed(figures: Figures, missed: str) -> None:
    """Each requirement can be missed and is named, and a profile without an answer has no success."""
    assert figures.missed() == [missed]


def test_milliseconds_need_not_be_judged() -> None:
    """Requirements in milliseconds are ignored on a busy machine."""
    assert replace(WELL, p99=500.0, per_second=20).missed(timed=False) == []


def test_the_profiles_are_those_of_the_readme() -> None:
    """The profiles have the users, requests per minute and seconds of the README."""
    assert {name: (one.users, one.per_minute, one.seconds) for name, one in PROFILES.items()} == {
        "normal": (10, 100, 600),
        "peak": (50, 500, 300),
        "stress": (100, 1000, 120),
        "rush": (100, 30_000, 60),
        "short": (20, 3000, 15),
    }


def test_many_clients_are_served_while_one_provider_hangs(tmp_path: Path) -> None:
    """While one provider hangs, nearly every request is served from the cache, and a page reports it."""
    command = [sys.executable, "-m", "tests.load", "short", "--untimed", "--reports", str(tmp_path)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    assert process.returncode == 0, process.stdout + process.stderr
    assert "| short |" in process.stdout
    assert "all requirements hold" in process.stdout
    assert "/api/ohlcv" in (tmp_path / "load-short.html").read_text()
