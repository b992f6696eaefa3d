"""Two workers share a Redis that is killed and restarted meanwhile."""

import itertools
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

import pytest
import requests

from engine.store.leases import LEASE
from providers import ASSETS
from tests.crowd import Crowd
from tests.end_to_end import wire
from tests.redis_proxy import RedisProxy
from tests.redis_server import RedisServer, needs_redis
from tests.running import AMPLE, Engine
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually, quickest, timed

pytestmark = needs_redis

SERIES = itertools.cycle(
    f"/api/ohlcv?symbol={asset.symbol}&interval={interval}"
    for interval in ("1h", "4h", "1d", "15m")
    for asset in ASSETS
)
"""Each test requests a series that no other test requests, so that it is not cached."""
COINS = itertools.cycle(
    f"{one.symbol},{other.symbol}" for one, other in zip(ASSETS[::2], ASSETS[1::2], strict=False)
)
"""Two coins for each try: a worker keeps the prices of the try before for a moment."""
CLIENTS = 100
TRIES = 3
"""On a busy machine a worker stands still now and then, and loses its fetch to the other one."""
PATIENT = {**AMPLE, "REDIS_TIMEOUT_SECONDS": "20"}
"""Settings of workers that give up neither a provider nor Redis, however busy the machine is."""
PAUSE = 0.01
"""Seconds of a client between two requests, as the waits for Redis are long."""
DEADLINE = 10.0
"""Seconds that a request for candles may take."""
KINDS_OF_KEYS = {b"engine:", b"LIMITS:{budget}", b"LIMITS:{LIMITER"}
"""How the keys of the cache, of the providers' budgets and of the clients' quotas begin."""


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Yield a Redis for all tests of this file."""
    with RedisServer() as server:
        yield server


def settings(stand_in: StandIn, server: RedisServer, **more: str) -> dict[str, str]:
    """Return settings of two workers with a Redis, without background work."""
    usual = {
        "CACHE_TYPE": "redis",
        "REDIS_URL": server.url,
        "WORKERS": "2",
        "CACHE_WARMING_ENABLED": "false",
        "RATE_LIMIT_ENABLED": "false",
        "LOG_LEVEL": "ERROR",
    }
    return {**stand_in.base_urls(), **usual, **more}


@pytest.fixture(scope="module", params=["gevent", "gthread"])
def pair(request: pytest.FixtureRequest, stand_in: StandIn, server: RedisServer) -> Iterator[Engine]:
    """Yield two workers of each kind."""
    with Engine(settings(stand_in, server, WORKER_CLASS=request.param, **PATIENT)) as engine:
        eventually(lambda: len(workers(engine)) == 2)
        yield engine


@pytest.fixture
def alone(stand_in: StandIn, server: RedisServer) -> Iterator[Engine]:
    """Yield two workers for one test, with an empty Redis."""
    with server.client() as client:
        client.flushall()
    with Engine(settings(stand_in, server)) as engine:
        eventually(lambda: len(workers(engine)) == 2)
        yield engine


def workers(engine: Engine) -> list[int]:
    """Return the processes of the workers."""
    pid = engine.process.pid
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def only(engine: Engine, chosen: int) -> Iterator[None]:
    """Let only the worker `chosen` answer, and suspend the others."""
    others = [pid for pid in workers(engine) if pid != chosen]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in others:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def get(engine: Engine, path: str) -> Any:
    """Return the JSON of a successful answer, over a new connection, so that any worker may answer."""
    response = requests.get(engine.url + path, headers={"Connection": "close"}, timeout=20)
    assert response.status_code == 200, response.text
    return response.json()


def status(engine: Engine, path: str) -> int:
    """Return the status of an answer over a new connection, so that any worker may answer."""
    return wire.get(engine, path).status


def at_once(count: int, ask: Callable[[], int]) -> Counter[int]:
    """Return the number of each status, for so many requests that begin together."""
    ready = threading.Barrier(CLIENTS)

    def client(_: int) -> list[int]:
        ready.wait(20)
        return [ask() for _ in range(count // CLIENTS)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(itertools.chain.from_iterable(pool.map(client, range(CLIENTS))))


def at_most(taken: float) -> int:
    """Return how many calls one fetch may cost within `taken` seconds, as each lost lease costs one more."""
    return 1 + ceil(taken / LEASE)


class TestTogether:
    """Tests with an available Redis."""

    def test_a_thousand_at_once_for_the_same_cold_candles_cost_one_call(
        self, pair: Engine, stand_in: StandIn
    ) -> None:
        """A thousand concurrent requests to two workers for the same candles succeed and cause one call."""

        def calls() -> Counter[str]:
            path = next(SERIES)
            stand_in.calls.forget()
            stand_in.fault("binance", Fault("delay", seconds=0.3))
            taken, statuses = timed(lambda: at_once(1000, lambda: status(pair, path)))
            assert statuses == {200: 1000}
            calls = Counter(call.provider for call in stand_in.calls)
            assert calls <= Counter(binance=at_most(taken))
            return calls

        assert Counter(binance=1) in itertools.islice(iter(calls, None), TRIES)

    def test_a_thousand_at_once_for_the_same_cold_prices_cost_one_call_each(
        self, pair: Engine, stand_in: StandIn, server: RedisServer
    ) -> None:
        """A thousand concurrent requests for the same prices cause one call to each provider."""

        def calls() -> set[int]:
            with server.client() as client:
                client.flushall()
            stand_in.calls.forget()
            path = f"/api/prices?symbols={next(COINS)}"
            taken, statuses = timed(lambda: at_once(1000, lambda: status(pair, path)))
            assert statuses == {200: 1000}
            calls = Counter(call.provider for call in stand_in.calls)
            assert len(calls) >= 8
            assert max(calls.values()) <= at_most(taken)
            return set(calls.values())

        assert {1} in itertools.islice(iter(calls, None), TRIES)

    def test_what_one_worker_learnt_the_other_serves(self, pair: Engine, stand_in: StandIn) -> None:
        """Candles and providers' states that one worker has received are served by the other.

        A call of an earlier test may end when its worker goes on, and write states of before.
        """
        first, second = workers(pair)
        stand_in.fault("binance", Fault("status", status=500))

        def failures_of_binance_are_shared() -> bool:
            path = next(SERIES)
            with only(pair, first):
                asked = get(pair, path)
                rows = {row["name"]: row["lastFailure"] for row in get(pair, "/api/providers")}
            calls = stand_in.calls.count()
            with only(pair, second):
                served = get(pair, path)
                failures = {row["name"]: row["lastFailure"] for row in get(pair, "/api/providers")}
            assert served["data"] == asked["data"]
            assert served["source"] == asked["source"] == "kraken"
            assert stand_in.calls.count() == calls
            assert rows["binance"]["reason"] == "HTTP 500"
            return failures == rows

        eventually(failures_of_binance_are_shared)

    def test_a_circuit_that_one_worker_opens_is_open_for_the_other(
        self, alone: Engine, stand_in: StandIn
    ) -> None:
        """After one worker met a region block, the other one calls the provider no more."""
        first, second = workers(alone)
        stand_in.fault("binance", Fault("status", status=451))
        with only(alone, first):
            get(alone, next(SERIES))
        assert stand_in.calls.count("binance") == 1

        with only(alone, second):
            answer = get(alone, next(SERIES))
            states = {row["name"]: row["status"] for row in get(alone, "/api/health")["providers"]}
        assert answer["source"] == "kraken"
        assert [attempt["provider"] for attempt in answer["meta"]["attempts"]] == ["kraken"]
        assert states["binance"] == "blocked"
        assert stand_in.calls.count("binance") == 1

    def test_limits_are_counted_over_both_workers(self, stand_in: StandIn, server: RedisServer) -> None:
        """Both workers together accept as many of sixty requests as the limit allows."""
        limits = {"RATE_LIMIT_ENABLED": "true", "RATE_LIMIT_PRICES": "20"}
        with Engine(settings(stand_in, server, **limits)) as engine:
            eventually(lambda: len(workers(engine)) == 2)
            with ThreadPoolExecutor(12) as pool:
                seen = Counter(pool.map(lambda _: status(engine, "/api/prices?symbols=BTC"), range(60)))

        assert set(seen) == {200, 429}
        assert abs(seen[200] - 20) <= 1

    def test_a_worker_that_dies_during_a_fetch_is_replaced(self, alone: Engine, stand_in: StandIn) -> None:
        """If a worker dies during a fetch, the other one fetches when the lease ends, within the deadline."""
        flying, waiting = workers(alone)
        path = next(SERIES)
        for name in ("binance", "kraken", "bybit", "okx"):
            stand_in.fault(name, Fault("hang", times=1))
        with ThreadPoolExecutor(21) as pool:
            with only(alone, flying):
                lost = pool.submit(status, alone, path)
                eventually(lambda: stand_in.calls.count("binance") == 1)
            with only(alone, waiting):
                usual, seen = timed(lambda: [*pool.map(partial(status, alone), [next(SERIES)] * 20)])
                assert seen == [200] * 20
                died = time.monotonic()  # it is held still from here on, and does not even renew its lease
                waited = [pool.submit(ended_at, alone, path) for _ in range(20)]
                ended = [each.result(30) for each in waited]
                os.kill(flying, signal.SIGKILL)
            assert lost.exception(30) is not None

        assert {code for code, _ in ended} == {200}
        # The promise: two seconds and the provider's time, of which a healthy one needs the usual.
        assert max(at for _, at in ended) - died < 3.5 + usual


def ended_at(engine: Engine, path: str) -> tuple[int, float]:
    """Return the status of an answer and the time of its arrival."""
    return status(engine, path), time.monotonic()


class Load(Crowd):
    """Clients that send requests all the time, with the counts of their statuses."""

    def __init__(self, engine: Engine, paths: list[str], clients: int = 8) -> None:
        self.seen: Counter[int | str] = Counter()
        self.slowest = 0.0
        self._engine = engine
        self._paths = itertools.cycle(paths)
        self._lock = threading.Lock()
        super().__init__([self._ask] * clients)

    def some_more(self, count: int = 100) -> None:
        """Wait until so many more requests have been answered."""
        enough = sum(self.seen.values()) + count
        eventually(lambda: sum(self.seen.values()) >= enough)

    def _ask(self) -> None:
        while not self.stop.is_set():
            with self._lock:
                path = next(self._paths)
            start = time.monotonic()
            try:
                seen: int | str = status(self._engine, path)
            except Exception as error:
                seen = type(error).__name__
            with self._lock:
                self.seen[seen] += 1
                self.slowest = max(self.slowest, time.monotonic() - start)
            self.stop.wait(PAUSE)


class TestWithoutRedis:
    """Tests without Redis, for a while or from the start."""

    @pytest.fixture(autouse=True)
    def _there_again(self, server: RedisServer) -> Iterator[None]:
        """Restart Redis after each test."""
        yield
        server.kill()
        server.start()

    @pytest.mark.parametrize("kind", ["gevent", "gthread"])
    def test_redis_killed_and_restarted_under_load(
        self, stand_in: StandIn, server: RedisServer, kind: str
    ) -> None:
        """If Redis is killed under load, no client gets an error, and health is degraded until it is back."""
        paths = ["/api/prices", *(next(SERIES) for _ in range(10)), "/api/symbols"]
        generous = {
            "RATE_LIMIT_ENABLED": "true",
            "RATE_LIMIT_PRICES": "100000",
            "RATE_LIMIT_OHLCV": "100000",
            "RATE_LIMIT_DEFAULT": "100000",
        }
        with Engine(settings(stand_in, server, WORKER_CLASS=kind, **generous)) as engine:
            for path in paths:
                get(engine, path)
            with Load(engine, paths) as load:
                load.some_more()
                assert health(engine) == "healthy"
                server.kill()
                eventually(lambda: health(engine) == "degraded")
                load.some_more()
                server.start()
                eventually(lambda: health(engine) == "healthy")
                load.some_more()
                get(engine, next(SERIES))
                with server.client() as client:
                    eventually(lambda: kinds_of_keys(client.keys()) == KINDS_OF_KEYS)

        assert set(load.seen) == {200}
        # Redis is waited for half a second, a few times at most; the promise itself is a request's deadline.
        assert load.slowest < DEADLINE

    @pytest.mark.parametrize("kind", ["gevent", "gthread"])
    def test_a_redis_that_hangs_holds_up_no_report(
        self, stand_in: StandIn, server: RedisServer, kind: str
    ) -> None:
        """While Redis hangs, health, readiness and metrics report the worker's knowledge within 0.1 s."""
        paths = ("/api/health", "/api/health/ready", "/metrics")
        with RedisProxy(server) as proxy:
            more = {"REDIS_URL": proxy.url, "WORKERS": "1", "WORKER_CLASS": kind}
            with Engine(settings(stand_in, server, **more)) as engine:
                get(engine, "/api/prices?symbols=BTC")
                proxy.hang()
                for path in paths:
                    seconds, code = quickest(partial(status, engine, path), enough=0.1)
                    assert code == 200
                    assert seconds < 0.1

    def test_a_start_without_redis(self, stand_in: StandIn, server: RedisServer) -> None:
        """A server that starts without Redis uses memory, reports it in health, and later uses Redis."""
        server.kill()
        coins = itertools.cycle(asset.symbol for asset in ASSETS[1:])
        with Engine(settings(stand_in, server, **PATIENT)) as engine:
            path = next(SERIES)
            assert get(engine, path)["count"] == 100
            assert get(engine, "/api/prices?symbols=BTC")["data"]
            assert health(engine) == "degraded"

            server.start()
            eventually(lambda: get(engine, f"/api/prices?symbols={next(coins)}")["meta"]["ageSeconds"] < 1)
            eventually(lambda: get(engine, next(SERIES)) and health(engine) == "healthy")
            with server.client() as client:
                assert b"engine:" in kinds_of_keys(client.keys())


def health(engine: Engine) -> str:
    """Return the status in `/api/health`."""
    return str(get(engine, "/api/health")["status"])


def kinds_of_keys(keys: Any) -> set[bytes]:
    """Return the kinds of keys in Redis."""
    return {kind for kind in KINDS_OF_KEYS if any(key.startswith(kind) for key in keys)}
