"""`make bench`: the time that the engine adds to its providers' time, and the cost of a cached answer."""

import itertools
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median, quantiles

import requests

from benchmarks import public
from benchmarks.process import Server
from providers import ASSETS, INTERVALS
from tests.everybody import CANDLES, QUOTES
from tests.running import Engine, free_port

DELAY = 0.05
"""Seconds before a stand-in responds."""
ROUNDS = 25
WARM_UP = 3
PAUSE = 2.2
"""Seconds between two uncached price requests, to stay within providers' budgets."""
HITS = 2000
IDLE_SECONDS = 10
QUIET = {"RATE_LIMIT_ENABLED": "false", "CACHE_WARMING_ENABLED": "false", "LOG_LEVEL": "ERROR"}
PROVIDERS = {*CANDLES, *QUOTES}


def main() -> None:
    """Print the table."""
    port = free_port()
    stand_in = subprocess.Popen(
        [sys.executable, "-m", "tests.upstreams", "--port", str(port), "--delay", str(DELAY)],
        stdout=subprocess.PIPE,
    )
    assert stand_in.stdout is not None
    stand_in.stdout.readline()
    address = f"http://127.0.0.1:{port}"
    hosts = {f"{name.upper()}_BASE_URL": f"{address}/{name}" for name in PROVIDERS}
    try:
        with Engine({**hosts, **QUIET}, fresh=True) as engine:
            report(engine)
        with Engine({**hosts, **QUIET, "CACHE_TTL_PRICES": "0.001"}, fresh=True) as engine:
            report_prices(engine, address)
        public.report({**hosts, "CACHE_WARMING_ENABLED": "false"})
    finally:
        stand_in.terminate()
        stand_in.wait()


def report(engine: Engine) -> None:
    """Run the measurements one after the other."""
    server = Server(engine.process.pid)
    with requests.Session() as session:
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        print(
            f"\n{machine}; stand-ins answer after {DELAY * 1000:.0f} ms, in one process beside the server\n"
        )
        print(f"| {'what':<44} | {'median':>9} | {'p90':>9} | {'beyond the provider':>19} |")
        print(f"|{'-' * 46}|{'-' * 11}|{'-' * 11}|{'-' * 21}|")
        memory = server.megabytes
        for limit in (100, 1000):
            urls = (f"{engine.url}/api/ohlcv?{series}&limit={limit}" for series in every_series())
            seconds = cold(session, urls)
            row(f"cold candles, limit={limit}", seconds, median(seconds) - DELAY)
        coins = f"{engine.url}/api/prices?symbols={','.join(asset.symbol for asset in ASSETS[:20])}"
        hot("cached candles, limit=100", session, f"{engine.url}/api/ohlcv?symbol=BTC&interval=1d", server)
        hot("cached prices of 20 coins", session, coins, server)
        before, start = server.cpu, time.monotonic()
        time.sleep(IDLE_SECONDS)
        share = (server.cpu - before) / (time.monotonic() - start)
        print(
            f"at the start {memory:.0f} MB, afterwards {server.megabytes:.0f} MB; idle: {share:.2%} of a core"
        )


def report_prices(engine: Engine, address: str) -> None:
    """Measure prices without a TTL, so that each request calls every provider."""
    with requests.Session() as session:
        url = f"{engine.url}/api/prices?symbols={','.join(asset.symbol for asset in ASSETS[:20])}"
        seconds = cold(session, itertools.repeat(url), pause=PAUSE)
        slowest = max(each["latencyMs"] or 0 for each in session.get(f"{engine.url}/api/providers").json())
        row("cold prices of 20 coins, 10 providers", seconds, median(seconds) - slowest / 1000)
        calls = session.get(f"{address}/_control/calls?provider=bybit&path=tickers").json()["count"]
        print(
            f"\nthe slowest provider took {slowest} ms; "
            f"{calls / (ROUNDS + WARM_UP):.0f} call to each provider for a request"
        )


def every_series() -> Iterator[str]:
    """Measure series of candles, each of them once."""
    for interval, asset in itertools.product(INTERVALS, ASSETS):
        yield f"symbol={asset.symbol}&interval={interval}"


def cold(session: requests.Session, urls: Iterator[str], pause: float = 0.0) -> list[float]:
    """Return the seconds of uncached requests, after a warm-up."""
    seconds = []
    for _ in range(WARM_UP + ROUNDS):
        seconds.append(timed(session, next(urls)))
        time.sleep(pause)
    return seconds[WARM_UP:]


def hot(what: str, session: requests.Session, url: str, server: Server) -> None:
    """Measure the time of cached answers, and their cost to the server."""
    timed(session, url)
    before = server.cpu
    seconds = [timed(session, url) for _ in range(HITS)]
    cost = (server.cpu - before) / HITS
    print(
        f"{what}: median {median(seconds) * 1000:.2f} ms, p99 {quantiles(seconds, n=100)[-1] * 1000:.2f} ms, "
        f"{cost * 1e6:.0f} us of processor time a request"
    )


def row(what: str, seconds: list[float], beyond: float) -> None:
    """Print a row of the table, in milliseconds."""
    middle, tenth = median(seconds) * 1000, quantiles(seconds, n=10)[-1] * 1000
    print(f"| {what:<44} | {middle:>6.1f} ms | {tenth:>6.1f} ms | {beyond * 1000:>16.1f} ms |")


def timed(session: requests.Session, url: str, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds until the answer is complete."""
    start = clock()
    response = session.get(url, timeout=10)
    seconds = clock() - start
    assert response.status_code == 200, response.text
    return seconds


if __name__ == "__main__":
    main()
