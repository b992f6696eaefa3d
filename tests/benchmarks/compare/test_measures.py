"""Real servers are measured: the files of this revision as both sides."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.compare.failures import Missing, NotComparable
from benchmarks.compare.measures import REQUESTS, STREAMS, Benchmark, Sizes, benchmarks, fan_out, hits
from benchmarks.compare.opening import opening
from benchmarks.compare.rounds import Side
from benchmarks.compare.servers import Revision
from tests.running import ROOT

pytestmark = pytest.mark.servers

SMALL = Sizes(passes=1, hits=30, series=1, seconds=0.5, some=2, many=4, enough=0.1)
"""Little work, but enough hits that the system has counted their processor time.

A busy machine is late with most messages.
"""


def test_each_benchmark_measures_a_server() -> None:
    """Each benchmark gives what a request or a message costs a real server, and what a client sees."""
    measured = benchmarks(SMALL)
    revision = Revision(ROOT, Path(sys.executable))
    unknown = Benchmark(REQUESTS, "a second", 1, hits("/api/unknown", SMALL))
    invalid = Benchmark(REQUESTS, "a second", 1, hits("/api/ohlcv", SMALL))
    slow = Benchmark(STREAMS, "ms", 1, fan_out(SMALL.some, replace(SMALL, enough=2)))
    all_of_them = {**measured, "unknown": unknown, "invalid": invalid, "slow": slow}

    with opening(dict.fromkeys(Side, revision), all_of_them) as open_round, open_round(0) as take:
        readings = [take(name, Side.CURRENT, 0) for name in measured]
        with pytest.raises(Missing, match="404"):
            take("unknown", Side.CURRENT, 0)
        with pytest.raises(NotComparable, match="INVALID_PARAMETER"):
            take("invalid", Side.CURRENT, 0)
        with pytest.raises(NotComparable, match="2 clients got"):
            take("slow", Side.CURRENT, 0)

    assert all(1 < reading.cost < 1e6 and reading.seen > 0 for reading in readings), readings


def test_streams_that_a_revision_lacks_are_missing(tmp_path: Path) -> None:
    """A revision without a publisher for benchmarks has no benchmark of streams, and starts no server."""
    with pytest.raises(Missing, match="engine_app"):
        first_turn(tmp_path, STREAMS)


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    """A revision whose server does not start is not comparable, with the last lines of its output."""
    with pytest.raises(NotComparable, match=r"gunicorn\.conf\.py"):
        first_turn(tmp_path, REQUESTS)


def first_turn(tree: Path, app: str) -> None:
    """Measure a server of this folder."""
    revision = Revision(tree, Path(sys.executable))
    measured = {"hits": Benchmark(app, "a second", 1, hits("/", SMALL))}
    with opening(dict.fromkeys(Side, revision), measured) as open_round, open_round(0) as take:
        take("hits", Side.BASE, 0)
