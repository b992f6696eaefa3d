"""Two workers whose data in Redis move to another server under load."""

import itertools
import math
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import pytest
import requests

from engine.store.key_prefix import KEY_PREFIX
from providers import ASSETS
from tests.crowd import Crowd
from tests.end_to_end import wire
from tests.redis_cluster import Cluster
from tests.redis_sentinel import Watched
from tests.redis_server import RedisServer, needs_redis
from tests.running import Engine
from tests.upstreams import StandIn
from tests.waiting import eventually

pytestmark = needs_redis

QUOTA = 100_000
SPENT = QUOTA // 2
"""What all workers together have counted before. No worker alone counts as much during a test."""
PRICES = "/api/prices?symbols=BTC"
PAUSE = 0.01
"""Seconds of a client between two requests. A failover takes seconds."""
LEADER = f"{KEY_PREFIX}{{stream}}:leader"
"""The lease of the worker that feeds streams."""
SHARED_WITHIN = 2.0
"""Seconds after the promotion, in which all workers count together again."""


class Seen(NamedTuple):
    """An answer: when (monotonic) it was asked for, its status, and what is spent of the quota."""

    asked: float
    status: int
    spent: int


class Load(Crowd):
    """A context manager with clients that ask for prices and for candles all the time."""

    def __init__(self, engine: Engine) -> None:
        self.seen: list[Seen] = []
        self.failures: Counter[str] = Counter()
        self._engine = engine
        series = itertools.cycle(f"/api/ohlcv?symbol={asset.symbol}&interval=1h" for asset in ASSETS)
        paths = (itertools.repeat(PRICES), itertools.repeat(PRICES), series)
        super().__init__([partial(self._ask, each) for each in paths])

    def counted(self, since: float = 0.0, until: float = math.inf) -> list[int]:
        """Return what was spent of the quota of prices, as answers said that were asked for in that time."""
        return [seen.spent for seen in self.seen if seen.spent and since < seen.asked < until]

    def some_more(self) -> None:
        """Return when there are some more answers."""
        before = len(self.seen)
        eventually(lambda: len(self.seen) > before + 30)

    def _ask(self, paths: Iterator[str]) -> None:
        for path in paths:
            if self.stop.is_set():
                return
            asked = time.monotonic()
            try:
                answer = wire.get(self._engine, path)
            except Exception as error:
                self.failures[type(error).__name__] += 1
                continue
            spent = QUOTA - int(answer.headers["X-RateLimit-Remaining"]) if path == PRICES else 0
            self.seen.append(Seen(asked, answer.status, spent))
            self.stop.wait(PAUSE)


def ask(url: str) -> requests.Response:
    """Return an answer over a new connection, so that any worker may give it."""
    return requests.get(url, headers={"Connection": "close"}, timeout=20)


def settings(stand_in: StandIn, url: str) -> dict[str, str]:
    """Return settings of two workers with a Redis, without background work."""
    return {
        **stand_in.base_urls(),
        "CACHE_TYPE": "redis",
        "REDIS_URL": url,
        "WORKERS": "2",
        "RATE_LIMIT_PRICES": str(QUOTA),
        "RATE_LIMIT_OHLCV": str(QUOTA),
        "CACHE_WARMING_ENABLED": "false",
        "LOG_LEVEL": "ERROR",
    }


def spend(server: RedisServer, replicas: int = 0) -> bytes:
    """Count many requests in the quota of the one client that has asked for prices, and return its key."""
    with server.client() as client:
        key: bytes
        (key,) = client.keys("LIMITS:{*prices*}")
        client.set(key, SPENT, keepttl=True)
        assert client.wait(replicas, 20_000) == replicas
        return key


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    """Yield a Redis with a replica and sentinels."""
    with Watched() as watched:
        yield watched


@pytest.mark.timed
def test_a_failover_under_load_loses_no_request(stand_in: StandIn, watched: Watched) -> None:
    """Each request gets its answer. Workers count alone from the loss, and together after the promotion."""
    with Engine(settings(stand_in, watched.url)) as engine:
        assert ask(engine.url + PRICES).status_code == 200
        spend(watched.master, replicas=1)
        with Load(engine) as load:
            load.some_more()
            watched.lose_host()
            lost = time.monotonic()
            eventually(lambda: watched.is_promoted)
            promoted = time.monotonic()
            eventually(lambda: len(load.counted(promoted + SHARED_WITHIN)) > 50)
        with watched.replica.client() as client:  # a lease of before has ended
            eventually(lambda: client.exists(LEADER))

    assert Counter(seen.status for seen in load.seen).keys() == {200}
    assert not load.failures
    assert max(load.counted(lost, promoted)[10:]) < SPENT
    assert min(load.counted(promoted + SHARED_WITHIN)) > SPENT


def test_a_moved_slot_is_followed(stand_in: StandIn) -> None:
    """While slots move to a new node, each request gets its answer, and no worker counts or leads alone."""
    with Cluster() as cluster, Engine(settings(stand_in, cluster.url)) as engine:
        assert ask(engine.url + PRICES).status_code == 200
        eventually(lambda: cluster.keys(LEADER))
        with Load(engine) as load:
            load.some_more()
            (counting,) = cluster.keys("LIMITS:{*prices*}").values()
            quota, begun = spend(counting), time.monotonic()
            for name in (quota.decode(), "*{state}*", LEADER):
                cluster.move(name, cluster.nodes[-1])
                load.some_more()
            with cluster.moving("*series:btc*", cluster.nodes[-1]):
                load.some_more()
            load.some_more()
        for path in ("/api/providers", "/api/rate-limits", "/api/health"):
            assert ask(engine.url + path).status_code == 200
        assert ask(engine.url + "/api/health").json()["status"] == "healthy"

    assert Counter(seen.status for seen in load.seen).keys() == {200}
    assert not load.failures
    assert min(load.counted(begun)) > SPENT
