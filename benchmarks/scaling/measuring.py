"""Measure all costs on this machine, with the benchmarks that there are. It takes about two minutes."""

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import IO

import requests

from benchmarks.compare.connections import Connection, connections
from benchmarks.compare.measures import CONNECTIONS, KEY, Sizes, cold
from benchmarks.process import Server, cpu_of, megabytes_of
from benchmarks.scaling.costs import Costs, Figure
from benchmarks.scaling.pace import RATE
from benchmarks.scaling.steady import idle, per_candle, per_message, sequence, streams
from tests.load.mix import FREQUENT, PRICES, SENTIMENT, STATE, candles
from tests.redis_server import RedisServer
from tests.running import Engine
from tests.upstreams import StandIn

CACHED = [PRICES] * 8 + ["/api/prices"] + [candles(*one) for one in FREQUENT[:7]] + [*SENTIMENT]
"""Cached answers in about the proportion in which `make load` asks for them."""
AMPLE = {f"RATE_LIMIT_{name}": "1000000" for name in ("OHLCV", "PRICES", "SENTIMENT", "DEFAULT")}
"""Quotas that are on, and large enough for one address."""
FRESH = {"CACHE_TTL_PRICES": "3600", "CACHE_TTL_OHLCV": "3600", "CACHE_WARMING_ENABLED": "false"}
"""Settings of servers whose answers are measured: what works in the background is measured by itself."""
KINDS = (("hit", CACHED), ("state", STATE))
ROUNDS, PASSES = 4, 5
FEW_AND_MANY = (2, 5)
"""Workers that read the same sequence: what more of them cost Redis is the cost of each."""
SHARED_APP = "benchmarks.scaling.shared_app:app"
GUNICORN = (str(Path(sys.executable).parent / "gunicorn"), "--config", "gunicorn.conf.py")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Bench:
    """The stand-in, a folder and the settings that all measured servers have."""

    stand_in: StandIn
    folder: Path
    base: Mapping[str, str]
    log: IO[bytes]

    def server(self, settings: Mapping[str, str], app: str | None = None) -> Engine:
        """Return a server that is to be started."""
        return Engine({**self.base, **settings}, (*GUNICORN, app) if app else None, self.log)


@contextmanager
def bench(*, logged: bool) -> Iterator[Bench]:
    """Yield what servers need. `logged` says whether they write their log of requests, which is discarded."""
    with (
        StandIn(delay=0.01) as stand_in,
        tempfile.TemporaryDirectory() as folder,
        open(os.devnull, "wb") as log,
    ):
        hosts = {**stand_in.base_urls(), **stand_in.open_streams().urls()}
        level = {"DATA_DIR": folder, "LOG_LEVEL": "INFO" if logged else "ERROR"}
        yield Bench(stand_in, Path(folder), {**hosts, **AMPLE, **FRESH, **level}, log)


def measure(say: Say) -> Costs:
    """Return what everything costs on this machine, with the log of requests. `say` is told what is measured.

    Raises `ConnectionError` where clients of streams cannot connect.
    """
    with bench(logged=True) as servers:
        say("one worker with answers in memory")
        found = alone(servers)
        say("two workers with Redis")
        found |= shared(servers)
        say("streams")
        keys = servers.folder / "keys"
        keys.write_text(f"bench:unlimited:{sha256(KEY.encode()).hexdigest()}\n")
        more = {"API_KEYS_FILE": str(keys), "CONNECTIONS_PER_ADDRESS": "0", "HISTORY_ENABLED": "false"}
        with servers.server(more, "benchmarks.streams.engine_app:app") as engine:
            found |= streams(engine)
    say("kept candles")
    return Costs(f"{os.cpu_count()} cores, Python {platform.python_version()}", **found, **per_candle())


def alone(servers: Bench) -> dict[str, Figure]:
    """Return what requests, calls and an idle server cost with one worker and answers in memory."""
    with servers.server({}) as engine:
        found = calls(engine, servers.stand_in) | hits(engine, "", [])
        call = cold(100, 100, Sizes(series=30))(engine, 0).cost
        found["call"] = us(call, "benchmarks.compare.measures.cold, 100 rows")
        return found | {"megabytes": megabytes(engine), "idle": idle(engine)}


def shared(servers: Bench) -> dict[str, Figure]:
    """Return what requests and the sequence of streams cost with Redis."""
    with RedisServer() as redis:
        settings = {"CACHE_TYPE": "redis", "REDIS_URL": redis.url}
        with servers.server({**settings, "WORKERS": "2"}) as engine:
            found = hits(engine, "shared_", [redis.pid])
            found["worker_megabytes"] = megabytes(engine, most=True)
        spent = {}
        for workers in FEW_AND_MANY:
            with servers.server({**settings, "WORKERS": f"{workers}"}, SHARED_APP) as engine:
                spent[workers] = sequence(engine, redis.pid, RATE)
        return found | per_message(spent, RATE)


def us(value: float, command: str) -> Figure:
    """Return microseconds of processor time."""
    return Figure(round(value, 2), "us", command)


def megabytes(engine: Engine, *, most: bool = False) -> Figure:
    """Return the memory of all processes, or of the largest one."""
    each = [megabytes_of(pid) for pid in Server(engine.process.pid).family]
    command = "benchmarks.process, after these requests"
    return Figure(round(max(each) if most else sum(each)), "MB", command)


def calls(engine: Engine, stand_in: StandIn) -> dict[str, Figure]:
    """Return how many calls upstream the first request for each kind of data makes."""
    found = {}
    paths = zip(("candle", "price", "sentiment", "overview"), (CACHED[9], PRICES, *SENTIMENT), strict=True)
    for kind, path in paths:
        before = len(stand_in.calls)
        requests.get(engine.url + path, timeout=30).raise_for_status()
        count = len(stand_in.calls) - before
        found[f"{kind}_calls"] = Figure(
            count, "calls", f"a first request for {path.partition('?')[0]} over the stand-in"
        )
    for path in CACHED:
        requests.get(engine.url + path, timeout=30).raise_for_status()
    return found


def hits(engine: Engine, prefix: str, redis: Sequence[int]) -> dict[str, Figure]:
    """Return what cached answers and state cost the engine, and Redis, if there is one.

    Of some passes the cheapest counts: other work on the machine never makes a request cheaper.
    """
    found: dict[str, Figure] = {}
    family = Server(engine.process.pid).family
    for (kind, paths), (how, width) in product(KINDS, (("alone", 1), ("busy", CONNECTIONS))):
        command = f"benchmarks.scaling.measuring.hits, {width} connection{'s' if width > 1 else ''}"
        with connections(engine.port, width) as all_of_them:
            rounds = ROUNDS * len(CACHED) // len(paths) * (4 if width == 1 else 1)
            _asked(all_of_them, paths)
            taken = [_pass(all_of_them, paths, rounds, (family, redis)) for _ in range(PASSES)]
        found[f"{prefix}{kind}_{how}"] = us(min(ours for ours, _ in taken), command)
        if redis:
            found[f"redis_{kind}"] = us(min(theirs for _, theirs in taken), f"{command}, of Redis")
    if redis:
        return found
    gzip = {"Accept-Encoding": "gzip"}
    bodies = [requests.get(engine.url + path, headers=gzip, stream=True, timeout=30) for path in CACHED]
    size = sum(int(one.headers["Content-Length"]) + len(str(one.headers)) for one in bodies) / len(bodies)
    return found | {"hit_bytes": Figure(round(size), "bytes", "the same answers with gzip and headers")}


def _pass(
    all_of_them: Sequence[Connection],
    paths: Sequence[str],
    rounds: int,
    of: tuple[Sequence[int], Sequence[int]],
) -> tuple[float, float]:
    """Return the microseconds that two groups of processes take for a request."""
    before = [cpu_of(pids) for pids in of]
    asked = sum(_asked(all_of_them, paths) for _ in range(rounds))
    ours, theirs = ((cpu_of(pids) - spent) / asked * 1e6 for pids, spent in zip(of, before, strict=True))
    return ours, theirs


def _asked(all_of_them: Sequence[Connection], paths: Sequence[str]) -> int:
    for path in paths:
        for one in all_of_them:
            one.send(path)
        for one in all_of_them:
            one.receive()
    return len(paths) * len(all_of_them)
