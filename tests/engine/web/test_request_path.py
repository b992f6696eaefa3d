"""A profiler follows a request through the lists in docs/architecture.md."""

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tests.engine.web.conftest import Make

ROOT = Path(__file__).parents[3]
STEP = re.compile(r"^\d+\. `([\w.]+)` in `([\w/.]+)`", re.MULTILINE)
PACKAGES = ("engine", "providers", "schemas")
MOST_PACKAGES = 10
"""The packages on the path; docs/architecture.md says why `catalogue` is one of them."""
QUERY = "/api/ohlcv?symbol=BTC&limit=100"

Call = tuple[str, str]
"""The name of a function and its file."""


def documented(heading: str) -> list[Call]:
    """Return the steps of the list below a line that begins with `heading`."""
    text = (ROOT / "docs/architecture.md").read_text().partition(f"\n{heading}")[2]
    steps = re.split(r"\n\n(?!1\.)", text, maxsplit=1)[0]
    return [(step[1], step[2]) for step in STEP.finditer(steps)]


@contextmanager
def profiled() -> Iterator[list[Call]]:
    """Record the project's functions that are called, in the order of their first calls."""
    calls: dict[Call, None] = {}

    def note(frame: FrameType, event: str, argument: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT):
            calls.setdefault((frame.f_code.co_qualname, str(path.relative_to(ROOT))))

    found: list[Call] = []
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        found += calls


def packages(calls: list[Call]) -> set[str]:
    """Return the rooms of `engine`, and `schemas` and `providers`, that contain the calls."""
    parts = [Path(file).parent.parts for _, file in calls]
    return {"/".join(it[: 2 if it[0] == "engine" else 1]) for it in parts if it and it[0] in PACKAGES}


def test_a_cold_request_for_candles_reads_downwards(make: Make) -> None:
    """A cold request for candles takes each documented step in order, through at most ten packages."""
    client = make()
    with profiled() as calls:
        assert client.get(QUERY).status_code == 200
    steps = documented("A request for candles")

    assert len(steps) >= 10
    assert [call for call in calls if call in steps] == steps
    assert len(packages(calls)) <= MOST_PACKAGES, packages(calls)


def test_a_cached_answer_takes_a_shorter_path(make: Make) -> None:
    """A cached answer takes the documented shorter path, without Flask."""
    client = make()
    for _ in range(2):
        client.get(QUERY)
    with profiled() as calls:
        assert client.get(QUERY).status_code == 200
    steps = documented("A cached answer")

    assert len(steps) >= 4
    assert [call for call in calls if call in steps] == steps
    assert not any(name == "get_ohlcv" for name, _ in calls)
