"""Stand-ins with enough coins, each in a process of its own, and what of them an engine is asked for."""

import itertools
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import quote

import requests

from tests.running import ROOT, Engine, free_port

INTERVALS = ("15m", "30m", "1h", "2h", "4h", "12h")
"""Intervals whose candles stay fresh for as long as the settings say."""
LIST = 30
"""Coins of a list of prices."""
MARKETS_OF_COIN = 14
"""Markets of the stand-in for each coin that is needed: it lists a coin ten times, and not all are proved."""
PAGE, LONGEST = 500, 60
PROVED = 240.0
"""Seconds in which the catalogue must have proved enough coins: it looks at prices three times."""


@contextmanager
def world(coins: int) -> Iterator[str]:
    """Yield the address of a stand-in with at least so many coins."""
    port = free_port()
    command = [sys.executable, "-m", "tests.upstreams", "--port", f"{port}"]
    command += ["--markets", f"{coins * MARKETS_OF_COIN}", "--listed", "1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                raise ConnectionError("the stand-in did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def needed_coins(kind: str, count: int) -> int:
    """Return how many coins `count` series or coins need."""
    return -(-count // len(INTERVALS)) if kind == "series" else count


def calls(address: str) -> int:
    """Return how many calls a stand-in has had since the last call of this."""
    count = int(requests.get(f"{address}/_control/calls", timeout=LONGEST).json()["count"])
    requests.post(f"{address}/_control/forget", timeout=LONGEST).raise_for_status()
    return count


def fill(engine: Engine, kind: str, count: int) -> Sequence[str]:
    """Ask for `count` series, or for the prices of so many coins, once. Return the paths that ask for all.

    A series that has no candles, since its market has ended, is left out. Raises `ValueError` where there are
    not enough.
    """
    with requests.Session() as session:
        names = enough(session, engine, needed_coins(kind, count))
        if kind == "coins":
            lists = [names[start : min(start + LIST, count)] for start in range(0, count, LIST)]
            paths = [f"/api/prices?symbols={quote(','.join(part), safe=',@')}" for part in lists]
        else:
            series = (
                f"/api/ohlcv?symbol={quote(name, safe='@')}&interval={code}&limit=100"
                for name in names
                for code in INTERVALS
            )
            answered = (path for path in series if session.get(engine.url + path, timeout=LONGEST).ok)
            paths = [*itertools.islice(answered, count)]
            if len(paths) < count:
                raise ValueError(f"{len(paths)} series, not {count}")
        for path in paths if kind == "coins" else ():
            session.get(engine.url + path, timeout=LONGEST).raise_for_status()
    return paths


def enough(session: requests.Session, engine: Engine, count: int) -> list[str]:
    """Return the names of all coins, once the catalogue has proved so many. Raises `ValueError`."""
    end = time.monotonic() + PROVED
    while len(names := [*known(session, engine)]) < count:
        if time.monotonic() > end:
            raise ValueError(f"{len(names)} coins are proved, not {count}")
        time.sleep(1)
    return names


def known(session: requests.Session, engine: Engine) -> Iterator[str]:
    """Yield the names of the engine's coins by their ids, the pinned ones first."""
    for state in ("pinned", "proved"):
        parameters = {"kind": "coin", "state": state, "limit": f"{PAGE}"}
        while True:
            answer = session.get(f"{engine.url}/api/symbols", params=parameters, timeout=LONGEST).json()
            yield from (f"@{row['id']}" for row in answer["data"])
            if (cursor := answer["meta"]["next"]) is None:
                break
            parameters = {**parameters, "cursor": cursor}
