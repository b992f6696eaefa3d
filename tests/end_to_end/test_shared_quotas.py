"""Quotas over two workers with Redis are exact, and continue without Redis."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from signal import SIGCONT, SIGKILL, SIGSTOP

import pytest
import redis
import requests

from tests.end_to_end import wire
from tests.running import Engine, free_port
from tests.upstreams import StandIn
from tests.waiting import eventually

QUOTA = 100
PATH = "/api/prices?symbols=BTC"

pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no Redis here")


class Server:
    """A Redis that can be suspended and killed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.client = redis.Redis(port=self.port)
        command = ["redis-server", "--port", str(self.port), "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        eventually(self._answers)

    def signal(self, number: int) -> None:
        """Suspend, continue or kill Redis, the last as in a crash of its host."""
        self.process.send_signal(number)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False


@pytest.fixture
def server() -> Iterator[Server]:
    """Yield a Redis for one test."""
    server = Server()
    yield server
    server.process.kill()
    server.process.wait()


def settings(server: Server, stand_in: StandIn) -> dict[str, str]:
    """Return settings of two workers that share Redis."""
    return {
        **stand_in.base_urls(),
        "CACHE_TYPE": "redis",
        "REDIS_URL": server.url,
        "WORKERS": "2",
        "RATE_LIMIT_PRICES": str(QUOTA),
        "CACHE_TTL_PRICES": "3600",
        "CACHE_WARMING_ENABLED": "false",
    }


def in_one_minute() -> None:
    """Wait until a quota's window is long enough for a test."""
    if time.time() % 60 > 50:
        time.sleep(60 - time.time() % 60)


def statuses(engine: Engine, count: int, headers: dict[str, str] | None = None) -> list[int]:
    """Return the statuses of so many requests, sixteen at a time."""

    def ask(_: int) -> int:
        return wire.get(engine, PATH, headers, seconds=10).status

    with ThreadPoolExecutor(16) as pool:
        return [*pool.map(ask, range(count))]


def test_two_workers_count_together(server: Server, stand_in: StandIn) -> None:
    """Two workers count together within two per cent, and without Redis each counts for itself."""
    with Engine(settings(server, stand_in)) as engine:
        in_one_minute()
        seen = statuses(engine, 2 * QUOTA)
        assert abs(seen.count(200) - QUOTA) <= QUOTA * 0.02
        assert seen.count(429) == 2 * QUOTA - seen.count(200)

        server.signal(SIGKILL)
        server.process.wait()
        answer = requests.get(engine.url + PATH, timeout=10)
        assert answer.status_code == 200
        assert answer.headers["X-RateLimit-Limit"] == str(QUOTA)
        assert set(statuses(engine, 4 * QUOTA)) == {200, 429}


def test_a_worker_counts_there_again_when_redis_is_back(server: Server, stand_in: StandIn) -> None:
    """A worker counts in Redis again after its return, even without another reason to use it."""
    with Engine({**settings(server, stand_in), "WORKERS": "1"}) as engine:
        assert statuses(engine, 4) == [200] * 4
        server.signal(SIGSTOP)
        assert statuses(engine, 4) == [200] * 4
        server.signal(SIGCONT)
        server.client.delete(*server.client.keys("LIMITS*"))

        eventually(lambda: bool(statuses(engine, 1)) and counted(server))


def counted(server: Server) -> bool:
    """Return whether Redis counts requests of any client."""
    return any(b"prices" in key for key in server.client.keys("LIMITS*"))


def test_two_workers_count_guesses_together(server: Server, stand_in: StandIn) -> None:
    """Two workers together refuse after twenty unknown keys per minute, without failures when Redis dies."""
    with Engine(settings(server, stand_in)) as engine:
        in_one_minute()
        seen = statuses(engine, 60, {"X-API-Key": "guess"})
        assert seen.count(401) in (20, 21)
        assert seen.count(429) == 60 - seen.count(401)

        server.signal(SIGKILL)
        server.process.wait()
        assert set(statuses(engine, 60, {"X-API-Key": "guess"})) == {401, 429}
