"""What is measured of one server in one turn: cached answers, candles from a provider, and streams."""

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from benchmarks.compare.connections import connections
from benchmarks.compare.failures import NotComparable
from benchmarks.compare.losses import Reading
from benchmarks.process import Server as Process
from benchmarks.process import cpu_of
from benchmarks.streams.connected import clients, taken
from providers import ASSETS, INTERVALS
from tests.running import Engine

REQUESTS, STREAMS = "wsgi:app", "frequent_app:app"
"""Applications: that of production, and one that publishes messages as well."""
CONNECTIONS = 16
SETTLE = 1.0
"""Seconds after the last connection of a stream that are not counted."""
EACH = 0.05
"""Seconds between two messages of `apps/frequent_app.py`."""
KEY = "0123456789abcdef"
CANDLES = "/api/ohlcv?symbol=BTC&interval=1d&limit=100"
PRICES = f"/api/prices?symbols={','.join(asset.symbol for asset in ASSETS[:20])}"
SERIES = [
    f"/api/ohlcv?symbol={asset.symbol}&interval={interval}"
    for interval, asset in itertools.product(INTERVALS, ASSETS)
]
LARGE = len(SERIES) // 2
"""Where the series of large requests begin."""
Measure = Callable[[Engine, int], Reading]
"""Measure a server in its turn of this number, after `warm` was called once."""


@dataclass(frozen=True)
class Benchmark:
    """A benchmark: its application, what the client's figure means, and how it is measured.

    `passes` is how often a round measures it in turn: often where a turn is short.
    """

    app: str
    unit: str
    passes: int
    measure: Measure


@dataclass(frozen=True)
class Sizes:
    """How much is measured in a turn: requests of each connection, series, and seconds of streams.

    `passes` of requests and `long_passes` of streams make a round. Clients of a working stream note the share
    `enough` of its messages; the machine may be late with others.
    """

    passes: int = 4
    long_passes: int = 2
    hits: int = 30
    series: int = 6
    seconds: float = 2.0
    some: int = 100
    many: int = 1000
    enough: float = 0.7


def benchmarks(sizes: Sizes) -> Mapping[str, Benchmark]:
    """Return all benchmarks by name."""
    return {
        "cached candles": Benchmark(REQUESTS, "a second", sizes.passes, hits(CANDLES, sizes)),
        "cached prices of 20 coins": Benchmark(REQUESTS, "a second", sizes.passes, hits(PRICES, sizes)),
        "cold candles, 100 rows": Benchmark(REQUESTS, "ms", sizes.passes, cold(100, 0, sizes)),
        "cold candles, 1000 rows": Benchmark(REQUESTS, "ms", sizes.passes, cold(1000, LARGE, sizes)),
        f"a message to each of {sizes.some} clients": Benchmark(
            STREAMS, "ms", sizes.long_passes, fan_out(sizes.some, sizes)
        ),
        f"a message to each of {sizes.many} clients": Benchmark(
            STREAMS, "ms", sizes.long_passes, fan_out(sizes.many, sizes)
        ),
    }


def hits(path: str, sizes: Sizes) -> Measure:
    """Measure cached answers on several connections at once; a client sees a rate."""

    def measure(engine: Engine, turn: int) -> Reading:
        with connections(engine.port, CONNECTIONS) as all_of_them:

            def ask(times: int) -> None:
                for _ in range(times):
                    for one in all_of_them:
                        one.send(path)
                    for one in all_of_them:
                        one.receive()

            ask(1)
            cost, seconds = _each(Process(engine.process.pid), [partial(ask, sizes.hits)])
            count = CONNECTIONS * sizes.hits
            return Reading(cost / count * 1e6, count / seconds)

    return measure


def cold(limit: int, first: int, sizes: Sizes) -> Measure:
    """Measure candles of series that no request had before, one after the other; a client sees a time."""

    def measure(engine: Engine, turn: int) -> Reading:
        begin = first + 1 + turn * sizes.series
        with connections(engine.port, 1) as [one]:

            def ask(series: str) -> None:
                one.send(f"{series}&limit={limit}")
                one.receive()

            ask(SERIES[first])  # in the first turn, what the first request imports is not counted
            wanted = [partial(ask, series) for series in SERIES[begin : begin + sizes.series]]
            cost, seconds = _each(Process(engine.process.pid), wanted)
            return Reading(cost * 1e6, seconds * 1e3)

    return measure


def _each(process: Process, work: Sequence[Callable[[], object]]) -> tuple[float, float]:
    """Return the medians of the server's processor time and of the time that each piece of work takes.

    What a server does after an answer counts as well, for the next one.
    """
    costs, times, family = [], [], process.family
    before = cpu_of(family)
    for one in work:
        start = time.perf_counter()
        one()
        times.append(time.perf_counter() - start)
        after = cpu_of(family)
        costs.append(after - before)
        before = after
    return median(costs), median(times)


def fan_out(count: int, sizes: Sizes) -> Measure:
    """Measure a message that so many clients get; a client sees how long it takes."""

    def measure(engine: Engine, turn: int) -> Reading:
        process = Process(engine.process.pid)
        with clients(engine.port, count, KEY, sizes.seconds, SETTLE) as listening:
            time.sleep(SETTLE)
            before, start = process.cpu, time.perf_counter()
            time.sleep(sizes.seconds)
            cpu, messages = process.cpu - before, count * (time.perf_counter() - start) / EACH
            seen = taken(listening)
        if seen.count < messages * sizes.enough:
            raise NotComparable(f"{count} clients got {seen.count} of about {messages:.0f} messages")
        return Reading(cpu / messages * 1e6, seen.p50)

    return measure
