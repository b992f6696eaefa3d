"""`python -m benchmarks.streams`: what a message to a client costs, beside uvicorn with websockets."""

import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median

import requests

from benchmarks.load import constant
from benchmarks.process import Server
from benchmarks.streams.clients import SETTLE, Taken
from benchmarks.streams.connected import clients, taken
from benchmarks.streams.upstream import report_upstream
from tests.running import Engine
from tests.upstreams import StandIn

COUNTS = (1000, 4000)
ROUNDS = 3
SECONDS = 10
WARM_UP = 100
"""Clients before the first measurement."""
RATE = 100
"""Ordinary requests a second beside the streams."""
KEY = "0123456789abcdef"
PRICES = "/api/ohlcv?symbol=BTC&interval=1d&limit=100"
HITS = 2000


@dataclass(frozen=True)
class Cost:
    """What streams cost: microseconds of processor time a message, kilobytes a connection, milliseconds."""

    cpu: float
    kilobytes: float
    taken: Taken


def main() -> None:
    """Print the tables."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n{machine}; one message a second to each client, {SECONDS} seconds, {ROUNDS} times\n")
    titles = f"| {'server, clients':<22} | {'CPU a message':>13} | {'a connection':>12}"
    print(f"{titles} | {'p50':>8} | {'p99':>8} |")
    print(f"|{'-' * 24}|{'-' * 15}|{'-' * 14}|{'-' * 10}|{'-' * 10}|")
    with StandIn() as stand_in, tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys"
        keys.write_text(f"bench:unlimited:{sha256(KEY.encode()).hexdigest()}\n")
        settings = {
            **stand_in.base_urls(),
            **stand_in.open_streams().urls(),
            "API_KEYS_FILE": str(keys),
            "RATE_LIMIT_ENABLED": "false",
            "CACHE_WARMING_ENABLED": "false",
            "HISTORY_ENABLED": "false",
            "ALERTS_ENABLED": "false",
            "STREAM_MAX_CONNECTIONS": "5000",
            "CONNECTIONS_PER_ADDRESS": "0",
            "LOG_LEVEL": "ERROR",
        }
        gunicorn = str(Path(sys.executable).parent / "gunicorn")
        command = (gunicorn, "--config", "gunicorn.conf.py", "benchmarks.streams.engine_app:app")
        for count in COUNTS:
            ours, theirs = [], []
            for _ in range(ROUNDS):
                with Engine(settings, command) as engine:
                    ours.append(measured(engine, count, KEY))
                with Reference({}) as reference:
                    theirs.append(measured(reference, count, None))
            row(f"engine, {count}", ours)
            row(f"uvicorn, {count}", theirs)
            share = median(one.cpu for one in ours) / median(one.cpu for one in theirs)
            print(f"  CPU a message: {share:.2f} of the reference", flush=True)
        with Engine(settings, command) as engine:
            report_requests(engine)
        for enabled in ("true", "false"):
            with Engine({**settings, "STREAM_ENABLED": enabled}) as engine:
                report_hits(engine, enabled)
        with StandIn() as other:
            report_upstream(settings, other)


def measured(engine: Engine, count: int, key: str | None) -> Cost:
    """Return what `count` clients cost a server."""
    server = Server(engine.process.pid)
    with clients(engine.port, WARM_UP, key, SECONDS):
        time.sleep(SETTLE)  # what is imported with the first streams is no cost of a connection
    memory = server.megabytes
    with clients(engine.port, count, key, SECONDS) as process:
        time.sleep(SETTLE)
        before = server.cpu
        time.sleep(SECONDS)
        cpu = (server.cpu - before) / (SECONDS * count)
        kilobytes = (server.megabytes - memory) * 1024 / count
        return Cost(cpu * 1e6, kilobytes, taken(process))


def report_requests(engine: Engine) -> None:
    """Measure ordinary requests without streams and beside many of them."""
    url = engine.url + PRICES
    requests.get(url, timeout=20).raise_for_status()
    alone = constant(url, RATE, SECONDS - 3)
    with clients(engine.port, max(COUNTS), KEY, SECONDS):
        time.sleep(SETTLE)
        beside = constant(url, RATE, SECONDS - 3)
    for what, figures in (("alone", alone), (f"beside {max(COUNTS)} streams", beside)):
        print(f"{RATE} requests a second {what}: p50 {figures.p50:.1f}, p99 {figures.p99:.1f} ms", flush=True)


def report_hits(engine: Engine, enabled: str) -> None:
    """Measure what a cached answer costs."""
    server, url, runs = Server(engine.process.pid), engine.url + PRICES, []
    with requests.Session() as session:
        session.get(url, timeout=20).raise_for_status()
        for _ in range(3):
            before = server.cpu
            for _ in range(HITS):
                session.get(url, timeout=20)
            runs.append((server.cpu - before) / HITS * 1e6)
    print(
        f"a cached answer with STREAM_ENABLED={enabled}: {median(runs):.0f} us of processor time", flush=True
    )


def row(what: str, costs: list[Cost]) -> None:
    """Print a row of the table: the median of each figure."""
    cpu, kilobytes = median(one.cpu for one in costs), median(one.kilobytes for one in costs)
    p50, p99 = median(one.taken.p50 for one in costs), median(one.taken.p99 for one in costs)
    figures = f"{cpu:>10.1f} us | {kilobytes:>9.1f} KB | {p50:>5.1f} ms | {p99:>5.1f} ms"
    print(f"| {what:<22} | {figures} |", flush=True)


class Reference(Engine):
    """Start the reference as its documentation recommends, without compression of messages."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "uvicorn", "benchmarks.streams.websockets_reference:app"]
        command += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]
        command += ["--ws-ping-interval", "600", "--log-level", "error"]
        super().__init__(environment, ("uvicorn",))
        self._command = (*command, "--port", f"{self.port}")


if __name__ == "__main__":
    main()
