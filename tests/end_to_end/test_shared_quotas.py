"""Quotas over two workers with Redis: exact, and the same when Redis goes away."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.running import Engine, free_port
from tests.upstreams import StandIn

QUOTA = 100
PATH = "/api/prices?symbols=BTC"

pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no Redis here")


@pytest.fixture
def redis() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A Redis of our own."""
    port = free_port()
    process = subprocess.Popen(["redis-server", "--port", str(port), "--save", ""], stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    yield f"redis://127.0.0.1:{port}", process
    process.kill()
    process.wait()


def statuses(engine: Engine, count: int) -> list[int]:
    """Of so many requests, sixteen at a time."""
    with ThreadPoolExecutor(16) as pool:
        return [*pool.map(lambda _: requests.get(engine.url + PATH, timeout=10).status_code, range(count))]


def test_two_workers_count_together(redis: tuple[str, "subprocess.Popen[bytes]"], stand_in: StandIn) -> None:
    """To two per cent; and each for itself, but counting, once Redis is gone."""
    url, process = redis
    settings = {
        **stand_in.base_urls(),
        "CACHE_TYPE": "redis",
        "REDIS_URL": url,
        "WORKERS": "2",
        "RATE_LIMIT_PRICES": str(QUOTA),
        "CACHE_WARMING_ENABLED": "false",
    }
    with Engine(settings) as engine:
        if time.time() % 60 > 50:
            time.sleep(60 - time.time() % 60)  # no new window in between
        seen = statuses(engine, 2 * QUOTA)
        assert abs(seen.count(200) - QUOTA) <= QUOTA * 0.02
        assert seen.count(429) == 2 * QUOTA - seen.count(200)

        process.kill()
        process.wait()
        answer = requests.get(engine.url + PATH, timeout=10)
        assert answer.status_code == 200
        assert answer.headers["X-RateLimit-Limit"] == str(QUOTA)
        assert set(statuses(engine, 4 * QUOTA)) == {200, 429}
