"""Metrics of the real server are equal from every worker."""

import itertools
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.counted import Numbers, number, read
from tests.end_to_end import wire
from tests.redis_server import RedisServer, needs_redis
from tests.running import Engine
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually

PATH = "/api/prices?symbols=BTC"


def settings(stand_in: StandIn, folder: Path, **more: str) -> dict[str, str]:
    """Return settings without background work and logs."""
    quiet = {"CACHE_WARMING_ENABLED": "false", "LOG_LEVEL": "ERROR", "RATE_LIMIT_PRICES": "100000"}
    return {**stand_in.base_urls(), **quiet, "TMPDIR": str(folder), **more}


@pytest.fixture(params=["gevent", "gthread"])
def pair(request: pytest.FixtureRequest, stand_in: StandIn, tmp_path: Path) -> Iterator[Engine]:
    """Yield two workers with a Redis."""
    with RedisServer() as server:
        shared = {"CACHE_TYPE": "redis", "REDIS_URL": server.url, "WORKERS": "2"}
        with Engine(settings(stand_in, tmp_path, **shared, WORKER_CLASS=request.param)) as engine:
            eventually(lambda: number(counted(engine), "engine_workers") == 2)
            yield engine


def get(engine: Engine, path: str) -> requests.Response:
    """Return the response over a new connection, so that any worker may answer."""
    return requests.get(engine.url + path, headers={"Connection": "close"}, timeout=20)


def counted(engine: Engine) -> Numbers:
    """Return the metrics from one of the workers."""
    answer = get(engine, "/metrics")
    assert answer.status_code == 200
    return read(answer.text)


def served(engine: Engine) -> float | None:
    """Return the number of requests for prices."""
    return number(counted(engine), "engine_requests_total", endpoint="/api/prices", status="200")


def workers(engine: Engine) -> list[int]:
    """Return the processes of the workers."""
    pid = engine.process.pid
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_one_worker_tells_all_at_once(stand_in: StandIn, tmp_path: Path) -> None:
    """A single worker's metrics include its last answer."""
    with Engine(settings(stand_in, tmp_path)) as engine:
        for count in range(1, 6):
            get(engine, PATH)
            assert served(engine) == count
        numbers = counted(engine)
        assert number(numbers, "engine_cache_total", endpoint="/api/prices", outcome="hit") == 4
        assert number(numbers, "engine_workers") == 1
        assert [*tmp_path.iterdir()]

    assert not [*tmp_path.iterdir()]


def test_what_the_server_itself_refuses_counts_too(stand_in: StandIn, tmp_path: Path) -> None:
    """Requests that gunicorn refuses before the application are counted."""
    with Engine(settings(stand_in, tmp_path)) as engine:
        answer = get(engine, "/api/ohlcv?symbol=" + "A" * 9000)

        assert (answer.status_code, len(answer.headers["X-Request-ID"])) == (414, 16)
        assert number(counted(engine), "engine_requests_total", endpoint="unknown", status="414") == 1


@needs_redis
def test_two_workers_add_up(pair: Engine, stand_in: StandIn) -> None:
    """With two workers each request and call counts once, and shared values are not doubled."""
    stand_in.fault("kraken", Fault("status", status=451))
    with ThreadPoolExecutor(16) as pool:
        statuses = [*pool.map(lambda _: wire.get(pair, PATH).status, range(200))]
    assert set(statuses) == {200}

    def counts() -> list[float | None]:
        numbers = counted(pair)
        outcomes = [
            number(numbers, "engine_cache_total", endpoint="/api/prices", outcome=outcome) or 0
            for outcome in ("hit", "miss", "stale")
        ]
        return [
            number(numbers, "engine_requests_total", endpoint="/api/prices", status="200"),
            sum(outcomes),
            number(numbers, "engine_provider_calls_total", provider="binance", outcome="ok"),
            number(numbers, "engine_provider_calls_total", provider="kraken", outcome="Region blocked"),
        ]

    def expected() -> list[float | None]:
        return [200, 200, stand_in.calls.count("binance"), stand_in.calls.count("kraken")]

    for _ in range(8):  # whichever worker answers; the other one may be writing its counts one by one
        eventually(lambda: counts() == expected())
    numbers = counted(pair)
    assert number(numbers, "engine_provider_circuit_open", provider="kraken") == 1
    assert number(numbers, "engine_provider_state", provider="kraken", state="blocked") == 1


@needs_redis
def test_counts_of_an_ended_worker_stay(pair: Engine) -> None:
    """The counts of an ended worker stay, and the number of workers is that of the running ones."""
    for _ in range(20):
        get(pair, PATH)
    eventually(lambda: served(pair) == 20)
    gone = workers(pair)[0]
    os.kill(gone, signal.SIGTERM)
    eventually(lambda: gone not in workers(pair) and len(workers(pair)) == 2)

    eventually(lambda: number(counted(pair), "engine_workers") == 2)
    for _ in range(8):
        assert served(pair) == 20


@needs_redis
def test_a_missing_redis_is_reported(stand_in: StandIn, tmp_path: Path) -> None:
    """Without Redis, metrics omit what only it knew, and a request waits for it once at most."""
    with RedisServer() as server:
        shared = {"CACHE_TYPE": "redis", "REDIS_URL": server.url, "WORKERS": "1"}
        with Engine(settings(stand_in, tmp_path, **shared)) as engine:
            assert number(counted(engine), "engine_redis_lost") == 0
            server.kill()
            numbers = itertools.dropwhile(
                lambda metrics: number(metrics, "engine_redis_lost") == 0,
                (counted(engine) for _ in range(20)),
            )
            metrics = next(numbers)

    assert number(metrics, "engine_redis_lost") == 1
    assert number(metrics, "engine_provider_budget_left", provider="kraken") is None
    assert number(metrics, "engine_provider_circuit_open", provider="kraken") == 0
