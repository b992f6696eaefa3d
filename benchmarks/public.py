"""The cost of a cached answer compared with the reference: the same bodies, machine and load, in one run."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import IO

import requests

from benchmarks import nginx
from benchmarks.load import Figures, constant, full, has_wrk
from benchmarks.process import Server
from providers import ASSETS
from tests.running import ROOT, Engine, free_port

ROUNDS = 5
SECONDS = 4
RATE = 500
PATHS = {
    "ohlcv": "/api/ohlcv?symbol=BTC&interval=1d&limit=100",
    "prices": f"/api/prices?symbols={','.join(asset.symbol for asset in ASSETS[:20])}",
}
WIDE = {"RATE_LIMIT_OHLCV": "1000000", "RATE_LIMIT_PRICES": "1000000"}
"""Settings with quotas that are on, and large enough for one address."""
FRESH = {"CACHE_TTL_PRICES": "3600"}
"""Settings that keep prices fresh during the measurement."""


def report(hosts: Mapping[str, str]) -> None:
    """Print the table."""
    if not has_wrk():
        print("\nwrk is missing (apt-get install -y wrk): the cost of cached answers was not measured")
        return
    print(f"\n{os.cpu_count()} cores, Python {platform.python_version()}; median of {ROUNDS}, quotas on\n")
    print(f"| {'what':<44} | {'engine':>26} | {'FastAPI, uvicorn':>26} | ratio |")
    print(f"|{'-' * 46}|{'-' * 28}|{'-' * 28}|{'-' * 7}|")
    compare(hosts, {}, "memory://", 1)
    compare_with_lines(hosts)
    if nginx.PROGRAM is None:
        print("nginx is missing (apt-get install -y nginx-light): its cache was not measured")
    else:
        compare_nginx(hosts)
    if shutil.which("redis-server"):
        with redis_server() as url:
            shared = {"CACHE_TYPE": "redis", "REDIS_URL": url, "WORKERS": "2"}
            compare(hosts, shared, url, 2)
    else:
        print("redis-server is missing: two workers were not measured")


def compare(hosts: Mapping[str, str], settings: Mapping[str, str], storage: str, workers: int) -> None:
    """Measure the engine and the reference in turn."""
    with both(hosts, {**settings, "LOG_LEVEL": "ERROR"}, storage, workers) as (engine, reference):
        ours, theirs = Server(engine.process.pid), Server(reference.process.pid)
        note = "" if workers == 1 else f", Redis, {workers} workers"
        for name, path in PATHS.items():
            tag = requests.get(engine.url + path, headers={"Accept-Encoding": ""}, timeout=20).headers["ETag"]
            old = tag[::-1]
            first: list[Figures] = []
            again: list[Figures] = []
            same: list[Figures] = []
            others: list[Figures] = []
            for _ in range(ROUNDS):
                first.append(full(ours, engine.url + path, SECONDS))
                again.append(full(ours, engine.url + path, SECONDS, {"If-None-Match": old}))
                same.append(full(ours, engine.url + path, SECONDS, {"If-None-Match": tag}))
                others.append(full(theirs, reference.url + path, SECONDS))
            row(f"{name}{note}", first, others)
            row(f"{name}, with a stale ETag{note}", again, others)
            row(f"{name}, 304{note}", same, others)
            print(f"  a 304 costs {_cpu(same) / _cpu(again):.2f} of a 200 to the same client", flush=True)
        if workers == 1:
            print(f"\nat {RATE} requests a second, constant arrival (p50, p99, failed), {ROUNDS} times:")
            for name, path in PATHS.items():
                for server, url in (("engine", engine.url), ("reference", reference.url)):
                    figures = [constant(url + path, RATE, SECONDS) for _ in range(ROUNDS)]
                    p50, p99 = median(each.p50 for each in figures), median(each.p99 for each in figures)
                    failed = sum(each.failed for each in figures)
                    print(f"{name}, {server}: {p50:.2f} ms, {p99:.2f} ms, {failed}")
            print()


def compare_with_lines(hosts: Mapping[str, str]) -> None:
    """Measure both with their request logs on, as is their default. The logs are discarded."""
    with (
        open(os.devnull, "wb") as log,
        both(hosts, {"LOG_LEVEL": "INFO"}, "memory://", 1, log) as (engine, reference),
    ):
        compare_rows("with both request logs on", engine, reference)


def compare_nginx(hosts: Mapping[str, str]) -> None:
    """Measure nginx's cache in front of the engine instead of the engine: what is possible."""
    with (
        tempfile.TemporaryDirectory() as folder,
        both(hosts, {"LOG_LEVEL": "ERROR"}, "memory://", 1) as (engine, reference),
        nginx.Nginx(engine.url, Path(folder)) as proxy,
    ):
        compare_rows("from nginx's cache instead", proxy, reference)


def compare_rows(what: str, one: Engine | nginx.Nginx, reference: Engine) -> None:
    """Measure a server and the reference in turn, and print a row for each answer."""
    ours, theirs = Server(one.process.pid), Server(reference.process.pid)
    for name, path in PATHS.items():
        runs: list[Figures] = []
        others: list[Figures] = []
        for _ in range(ROUNDS):
            runs.append(full(ours, one.url + path, SECONDS))
            others.append(full(theirs, reference.url + path, SECONDS))
        row(f"{name}, {what}", runs, others)


@contextmanager
def both(
    hosts: Mapping[str, str],
    settings: Mapping[str, str],
    storage: str,
    workers: int,
    log: IO[bytes] | None = None,
) -> Iterator[tuple[Engine, Engine]]:
    """Start the engine and the reference, which serves the engine's answers."""
    with ExitStack() as stack:
        engine = stack.enter_context(Engine({**hosts, **WIDE, **FRESH, **settings}, log=log))
        bodies = stack.enter_context(tempfile.TemporaryDirectory())
        for name, path in PATHS.items():
            (Path(bodies) / f"{name}.json").write_bytes(requests.get(engine.url + path, timeout=20).content)
        yield engine, stack.enter_context(Reference(bodies, storage, workers, log))


def row(what: str, ours: list[Figures], theirs: list[Figures]) -> None:
    """Print a row of the table."""
    one, other = _cpu(ours), _cpu(theirs)
    print(f"| {what:<44} | {_text(ours):>26} | {_text(theirs):>26} | {one / other:>5.2f} |", flush=True)


def _cpu(runs: list[Figures]) -> float:
    return median(run.cpu for run in runs)


def _text(runs: list[Figures]) -> str:
    failed = sum(run.failed for run in runs)
    p50, p99 = median(run.p50 for run in runs), median(run.p99 for run in runs)
    return f"{_cpu(runs):.0f} us, {p50:.1f}, {p99:.1f} ms" + (f", {failed} failed" if failed else "")


class Reference(Engine):
    """Start the reference as its documentation recommends."""

    def __init__(self, bodies: str, storage: str, workers: int, log: IO[bytes] | None) -> None:
        command = [sys.executable, "-m", "uvicorn", "benchmarks.fastapi_reference:app"]
        if workers > 1:
            command += ["--workers", f"{workers}"]
        if log is None:
            command += ["--no-access-log", "--log-level", "error"]
        super().__init__({"REFERENCE_BODIES": bodies, "REFERENCE_STORAGE": storage}, log=log, fresh=True)
        self._command = (*command, "--port", f"{self.port}")

    def _answers(self) -> bool:
        try:
            return requests.get(self.url + PATHS["ohlcv"], timeout=1).ok
        except (requests.ConnectionError, requests.Timeout):
            return False


@contextmanager
def redis_server() -> Iterator[str]:
    """Start a separate Redis without persistence."""
    port = free_port()
    command = [
        "redis-server",
        "--port",
        str(port),
        "--save",
        "",
        "--appendonly",
        "no",
        "--loglevel",
        "warning",
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        time.sleep(1)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
