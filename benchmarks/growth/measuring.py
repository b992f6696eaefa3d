"""What one server of one size costs."""

import itertools
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from tempfile import TemporaryDirectory

from benchmarks.growth.rows import Row
from benchmarks.growth.worlds import calls, fill
from benchmarks.paced import paced
from benchmarks.process import Server
from tests.looping import in_a_loop
from tests.running import AMPLE, Engine
from tests.upstreams.dialects import DIALECTS

RATE = 100
"""Requests a second of the clients."""
EACH = 60.0
"""Seconds between two requests for the same while it is kept warm."""
QUIET, QUIET_SECONDS, UNQUIET = 10.0, 5.0, 60.0
"""Milliseconds a second that are quiet, for so many seconds, and how long that may take to come."""
SETTINGS = {
    **AMPLE,
    "CATALOGUE_ENABLED": "true",
    "RATE_LIMIT_ENABLED": "false",
    "CACHE_WARMING_ENABLED": "false",
    "CACHE_TTL_OHLCV": "40",
    "CACHE_TTL_PRICES": "40",
    "LOG_LEVEL": "ERROR",
    "PYTHONDONTWRITEBYTECODE": "",
}
"""Data is stale when it is asked for a minute later, and is refreshed behind the answer.

The refresh of popular coins, which ends an hour after the last client, would be counted as idle. A start that
compiled all modules would not be that of an installed engine.
"""


@dataclass(frozen=True)
class Plan:
    """How long is measured, in seconds: in each state, and from the start until the first one.

    By then the catalogue has asked every venue, and has looked at prices for the third time.
    """

    seconds: float = 60.0
    settle: float = 75.0


def measure(kind: str, count: int, address: str, plan: Plan) -> Row:
    """Start a server over a stand-in, measure it in each state, and start it again with what it has kept."""
    hosts = {f"{name.upper()}_BASE_URL": f"{address}/{name}" for name in DIALECTS}
    with TemporaryDirectory(prefix="growth-") as folder:
        settings = {**hosts, **SETTINGS, "DATA_DIR": folder}
        with Engine(settings, fresh=True) as engine:
            server = Server(engine.process.pid)
            time.sleep(plan.settle)
            empty = server.megabytes
            paths = fill(engine, kind, count)
            _wait_until_quiet(server)
            idle = _idle(server, plan.seconds)
            calls(address)
            warm = _asked(engine, server, paths, len(paths) / EACH, plan.seconds)
            called = calls(address)
            asked = _asked(engine, server, paths, RATE, plan.seconds)
            megabytes = server.megabytes
        start, start_cpu = start_again(settings)
    minutes = plan.seconds / 60
    return Row(kind, count, idle, warm, asked, empty, megabytes, called / minutes, start, start_cpu)


def start_again(settings: Mapping[str, str]) -> tuple[float, float]:
    """Return the seconds of a start until the first answer, and its seconds of processor time."""
    began = time.perf_counter()
    with Engine(settings, fresh=True) as engine:
        return time.perf_counter() - began, Server(engine.process.pid).cpu


def _wait_until_quiet(server: Server) -> None:
    """Wait until what follows first requests is done: imports of libraries, and records of candles."""
    end = time.monotonic() + UNQUIET
    while _idle(server, QUIET_SECONDS) > QUIET and time.monotonic() < end:
        pass


def _idle(server: Server, seconds: float) -> float:
    """Return milliseconds of processor time a second."""
    before, began = server.cpu, time.perf_counter()
    time.sleep(seconds)
    return (server.cpu - before) / (time.perf_counter() - began) * 1000


def _asked(engine: Engine, server: Server, paths: Sequence[str], rate: float, seconds: float) -> float:
    """Return the same while clients ask. Raises `ValueError` where a request failed."""
    before, began = server.cpu, time.perf_counter()
    statuses = in_a_loop(paced(engine.port, itertools.cycle(paths), rate, seconds))
    cost = (server.cpu - before) / (time.perf_counter() - began) * 1000
    if statuses - Counter({HTTPStatus.OK: statuses[HTTPStatus.OK]}):
        raise ValueError(f"answers by status: {dict(statuses)}")
    return cost
