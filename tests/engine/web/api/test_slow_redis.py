"""Reports of the engine's state never wait for Redis, whatever it does."""

import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.engine.web.conftest import Make
from tests.redis_proxy import RedisProxy
from tests.redis_server import RedisServer, needs_redis
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually, quickest

pytestmark = needs_redis

PATHS = (
    "/api/health",
    "/api/health/ready",
    "/metrics",
    "/api/providers",
    "/health",
    "/api/status",
    "/api/alerts",
    "/api/logs",
    "/api/rate-limits",
)
PROMISED = 0.1
QUIET = 0.02
"""Seconds."""
PATIENCE = 20.0
"""Seconds to wait for Redis where it is not what is tested."""


@pytest.fixture
def proxy(server: RedisServer) -> Iterator[RedisProxy]:
    """Return a proxy in front of an empty Redis."""
    with server.client() as client:
        client.flushall()
    with RedisProxy(server) as proxy:
        yield proxy


@pytest.fixture
def client(make: Make, proxy: RedisProxy, stand_in: StandIn) -> FlaskClient:
    """Return a client of a worker for which Binance refuses the region and the others work."""
    return worker(make, proxy, stand_in)


@pytest.fixture
def patient(make: Make, proxy: RedisProxy, stand_in: StandIn) -> FlaskClient:
    """Return the same for a worker that waits for Redis on a busy machine, too, and so never loses it."""
    return worker(make, proxy, stand_in, redis_timeout_seconds=PATIENCE)


def worker(make: Make, proxy: RedisProxy, stand_in: StandIn, **settings: object) -> FlaskClient:
    """Return a client of a new worker."""
    client = make(cache_type="redis", redis_url=proxy.url, **settings)
    stand_in.fault("binance", Fault("status", status=451))
    assert client.get("/api/ohlcv?symbol=BTC").status_code == 200
    assert client.get("/api/prices?symbols=BTC").status_code == 200
    return client


def taken(client: FlaskClient, path: str) -> float:
    """Return the seconds until an answer."""
    seconds, status = quickest(lambda: client.get(path).status_code, enough=PROMISED)
    assert status in (200, 503), path
    return seconds


def settled(proxy: RedisProxy) -> int:
    """Return the number of commands to Redis after those that were running have arrived."""
    seen = [proxy.round_trips]

    def is_quiet() -> bool:
        time.sleep(QUIET)
        seen.append(proxy.round_trips)
        return seen[-1] == seen[-2]

    eventually(is_quiet)
    return seen[-1]


def states(client: FlaskClient) -> dict[str, str]:
    """Return each provider's state."""
    answer = client.get("/api/health")
    assert answer.status_code == 200
    return {row["name"]: row["status"] for row in answer.get_json()["providers"]}


@pytest.mark.parametrize(
    ("path", "round_trips"),
    [
        ("/api/health", 1),
        ("/api/health/ready", 1),
        ("/api/providers", 1),
        ("/health", 1),
        ("/api/status", 2),
        ("/api/logs", 1),
        ("/metrics", 2),
        ("/api/rate-limits", 2),
        ("/api/alerts", 2),
    ],
)
def test_states_need_one_round_trip(
    patient: FlaskClient, proxy: RedisProxy, path: str, round_trips: int
) -> None:
    """States need one round trip for all providers, and two kinds of data are read in parallel."""
    eventually(lambda: patient.get(path).status_code == 200)
    counts: list[int] = []

    def have_asked() -> bool:  # on a busy machine a moment may be over before anything was asked
        before = settled(proxy)
        assert patient.get(path).status_code == 200
        counts.append(settled(proxy) - before)
        return len(counts) >= 5 and max(counts) >= round_trips

    eventually(have_asked)
    assert max(counts) == round_trips


@pytest.mark.parametrize("path", PATHS)
def test_a_redis_that_hangs(client: FlaskClient, proxy: RedisProxy, path: str) -> None:
    """While Redis hangs, the worker reports what it knows."""
    proxy.hang()

    assert taken(client, path) < PROMISED


@pytest.mark.parametrize("path", PATHS)
def test_a_redis_that_is_slow(client: FlaskClient, proxy: RedisProxy, path: str) -> None:
    """A slow Redis delays the report no longer than its time limit."""
    proxy.delay = 0.3

    assert taken(client, path) < PROMISED


@pytest.mark.parametrize(
    "garbage", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b":x\r\n", b"$-7\r\n", b"*3\r\n+OK\r\n", b"\xff\r\n" * 9]
)
@pytest.mark.parametrize("path", ["/api/health", "/metrics", "/api/prices?symbols=BTC"])
def test_a_server_that_is_no_redis(client: FlaskClient, proxy: RedisProxy, path: str, garbage: bytes) -> None:
    """A server with another protocol than Redis counts as an outage."""
    proxy.garbage = garbage

    assert client.get(path).status_code == 200
    assert client.get(path).status_code == 200


def test_local_knowledge_is_served_meanwhile(client: FlaskClient, proxy: RedisProxy) -> None:
    """During an outage the worker reports its own states, and the last known ones of the others."""
    before = states(client)
    proxy.hang()

    assert states(client) == before
    assert before["binance"] == "blocked"
    assert before["kraken"] == "online"


def test_knowledge_of_other_workers_is_reported_when_redis_answers(
    client: FlaskClient, make: Make, proxy: RedisProxy, server: RedisServer
) -> None:
    """A worker without calls reports the states of another one, later if Redis is slow."""
    other = make(cache_type="redis", redis_url=proxy.url)
    proxy.delay = 0.2
    assert set(states(other).values()) <= {"unknown", "disabled"}

    eventually(lambda: states(other)["binance"] == "blocked")
    proxy.hang()
    assert states(other) == states(client)


def test_health_tells_that_nothing_is_counted(make: Make, server: RedisServer) -> None:
    """A Redis that refuses writes refuses quotas and budgets, also while answers come from memory."""
    with server.client() as connection:
        connection.flushall()
    client = make(cache_type="redis", redis_url=server.url, rate_limit_enabled=True)
    for warm in ("/api/ohlcv?symbol=BTC", "/api/prices?symbols=BTC"):
        assert client.get(warm).status_code == 200
    assert client.get("/api/health").get_json()["status"] == "healthy"
    with server.client() as connection:
        connection.config_set("maxmemory", 1)
        try:
            assert client.get("/api/prices?symbols=BTC").status_code == 200
            assert [client.get("/api/health").get_json()["status"] for _ in range(3)] == ["degraded"] * 3
        finally:
            connection.config_set("maxmemory", 0)

    eventually(lambda: client.get("/api/health").get_json()["status"] == "healthy")
