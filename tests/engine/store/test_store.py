"""The store: in memory, and in Redis while that is available."""

import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import MagicMock

import pytest
import redis
from cachelib import RedisCache
from limits.errors import StorageError

from engine.store import PAUSE, Store
from engine.store._outage import Outage
from engine.store.memory import MemoryCache
from engine.store.shared_counters import Counters
from tests.clock import Clock
from tests.redis_server import RedisServer, needs_redis
from tests.waiting import eventually


@pytest.fixture
def clock() -> Clock:
    """Return a clock that tests advance."""
    return Clock()


@pytest.fixture
def store(connection: "redis.Redis", clock: Clock) -> Store:
    """Return the store of a worker with Redis."""
    return worker(connection, clock)


def worker(connection: "redis.Redis", clock: Clock) -> Store:
    """Return the store of another worker, with separate memory and the same Redis."""
    return Store(MemoryCache(), RedisCache(connection, key_prefix="engine:"), clock=clock)


class TestMemory:
    """Tests without Redis."""

    def test_a_value_is_kept_until_it_is_deleted(self) -> None:
        """`get` returns a value after `set`, and `None` after `delete`."""
        store = Store(MemoryCache())
        store.set("a", {"b": 1.5}, 60)
        assert store.get("a", dict) == {"b": 1.5}

        store.delete("a")
        assert store.get("a", int) is None

    def test_the_first_to_add_wins(self) -> None:
        """The second `add` of a key returns false."""
        store = Store(MemoryCache())

        assert store.add("a", 1, 60)
        assert not store.add("a", 2, 60)
        assert store.get("a", int) == 1

    def test_a_value_expires(self) -> None:
        """A value expires after its timeout, which is a second at least."""
        store = Store(MemoryCache())
        store.set("a", 1, 0.01)
        assert store.get("a", int) == 1

        eventually(lambda: store.get("a", int) is None)

    def test_memory_alone_is_neither_shared_nor_degraded(self) -> None:
        """Without Redis the store is neither shared nor degraded."""
        store = Store(MemoryCache())

        assert not store.is_shared
        assert not store.is_degraded

    def test_the_size_is_the_number_of_keys(self) -> None:
        """The size is the number of keys, and a replaced value counts once."""
        store = Store(MemoryCache())
        store.set("a", 1, 60)
        store.set("b", 1, 60)
        store.set("b", 2, 60)

        assert store.size == 2


@needs_redis
class TestRedis:
    """Tests with an available Redis."""

    def test_workers_share_values_and_deletions(
        self, store: Store, connection: "redis.Redis", clock: Clock
    ) -> None:
        """A worker reads the value of another one, and no longer once that is deleted."""
        other = worker(connection, clock)
        store.set("a", (1.5, "x"), 60)
        assert other.get("a", tuple[float, str]) == (1.5, "x")
        assert store.is_shared

        other.delete("a")
        assert store.get("a", int) is None

    def test_a_value_that_redis_cannot_hold_stays_local(
        self, store: Store, connection: "redis.Redis", caplog: pytest.LogCaptureFixture
    ) -> None:
        """A value that Redis cannot hold stays local, and other workers do not even get the previous one."""
        store.set("a", "before", 60)
        store.set("a", "unpaired surrogate: \ud83d", 60)

        assert connection.exists("engine:a") == 0
        assert store.get("a", str) is None
        assert store.local_copy("a") == "unpaired surrogate: \ud83d"
        assert store.is_shared
        assert "UnicodeEncodeError" in caplog.text

    def test_only_one_worker_adds_a_value(
        self, store: Store, connection: "redis.Redis", clock: Clock
    ) -> None:
        """The second worker to add a value gets the first one's value."""
        other = worker(connection, clock)

        assert store.add("lease", "one", 60)
        assert not other.add("lease", "other", 60)
        assert other.get("lease", str) == "one"

    def test_values_expire_in_redis(self, store: Store, connection: "redis.Redis") -> None:
        """Values from `set` and from `add` expire in Redis."""
        store.set("a", 1, 60)
        store.add("b", 1, 2)

        assert 58 <= int(connection.ttl("engine:a")) <= 60
        assert 1 <= int(connection.ttl("engine:b")) <= 2

    def test_a_value_can_expire_in_redis_before_its_local_copy(
        self, store: Store, connection: "redis.Redis"
    ) -> None:
        """Redis stores the value for `shared` seconds, and this worker for the whole timeout."""
        store.set("answer:a", 1, 86_400, shared=120)
        assert 118 <= int(connection.ttl("engine:answer:a")) <= 120

        connection.delete("engine:answer:a")
        assert store.get("answer:a", int) is None
        assert store.local_copy("answer:a") == 1


@needs_redis
class TestFailover:
    """Tests with a Redis that fails and recovers."""

    @pytest.fixture(autouse=True)
    def _restarted(self, server: RedisServer) -> Iterator[None]:
        """Restart Redis after each test."""
        yield
        server.kill()
        server.start()

    def test_local_copies_serve_during_an_outage(self, store: Store, server: RedisServer) -> None:
        """During an outage the worker raises no error, uses its memory, and reports that it is degraded."""
        store.set("a", 1, 60)
        server.kill()

        assert store.get("a", int) == 1
        assert store.is_degraded
        assert not store.is_shared
        store.set("b", 2, 60)
        assert store.get("b", int) == 2
        assert store.add("c", 3, 60)
        assert not store.add("c", 4, 60)
        store.delete("a")
        assert store.get("a", int) is None

    def test_redis_is_tried_again_after_a_pause(
        self, store: Store, server: RedisServer, connection: "redis.Redis", clock: Clock
    ) -> None:
        """During a pause the worker does not call Redis, and afterwards it shares values again."""
        server.kill()
        store.set("a", 1, 60)
        server.start()
        clock.advance(PAUSE * 0.9)
        assert store.get("a", int) == 1
        assert store.is_degraded

        clock.advance(PAUSE * 0.2)
        store.set("b", 2, 60)
        assert not store.is_degraded
        assert store.is_shared
        assert connection.exists("engine:b")

    @pytest.mark.parametrize(
        ("refusing", "error"),
        [
            ("CONFIG SET maxmemory 1", "OutOfMemoryError"),
            ("REPLICAOF 127.0.0.1 1", "ReadOnlyError"),
            ("CONFIG SET min-replicas-to-write 1", "ResponseError"),
        ],
    )
    def test_a_redis_that_refuses_writes_is_unavailable_until_it_takes_them(
        self,
        store: Store,
        connection: "redis.Redis",
        clock: Clock,
        caplog: pytest.LogCaptureFixture,
        refusing: str,
        error: str,
    ) -> None:
        """Reads that it answers end no outage, and its older values are not used."""
        store.set("a", 1, 60)
        keys = connection.dbsize()
        client: Any = connection
        client.execute_command(*refusing.split())
        store.set("a", 2, 60)
        for _ in range(3):
            clock.advance(PAUSE)
            assert store.get("a", int) == 2
            assert store.get("b", int) is None
            assert store.is_degraded
        connection.config_set("maxmemory", 0)
        connection.config_set("min-replicas-to-write", 0)
        connection.replicaof("NO", "ONE")
        clock.advance(PAUSE)

        assert store.get("a", int) == 1
        assert store.is_shared
        assert connection.dbsize() == keys
        assert [record.message.partition(";")[0] for record in caplog.records] == [
            f"Redis failed ({error})",
            "Redis is available again",
        ]

    def test_an_answer_of_before_ends_no_outage(
        self, store: Store, connection: "redis.Redis", clock: Clock
    ) -> None:
        """A read that was on its way when a write was refused says nothing about writes."""
        store.set("a", 1, 60)

        def refused(value: int) -> bool:
            connection.config_set("maxmemory", 1)
            store.set("b", 2, 60)
            return True

        assert store.get("a", int, refused) == 1
        assert store.is_degraded

    def test_what_counts_in_redis_belongs_to_it(self, store: Store, clock: Clock) -> None:
        """Its outage is one of the store, which looks whether it is over."""
        counters = Counters("redis://127.0.0.1:1", 1)
        store.include(counters)
        with pytest.raises(StorageError):
            counters.spend("a", 10, 60)
        assert store.is_degraded
        assert store.outage_seconds is not None
        assert store.is_shared

        counters.storage = MagicMock()
        counters.outage._clock = lambda: time.monotonic() + PAUSE
        store.update_copies({"a": int})
        assert not store.is_degraded

    def test_one_caller_tries_again(self, clock: Clock) -> None:
        """After a pause one caller tries Redis, and the others go on without it."""
        outage = Outage(clock)
        assert outage.may_try()
        outage.begin(redis.ConnectionError())
        clock.advance(PAUSE)

        assert [outage.may_try() for _ in range(3)] == [True, False, False]
        clock.advance(PAUSE)
        assert outage.may_try()
        outage.end()
        assert outage.may_try()

    def test_each_failure_starts_a_new_pause(self, store: Store, server: RedisServer, clock: Clock) -> None:
        """After each failure the store stays degraded, and values that are stored meanwhile stay readable."""
        server.kill()
        for number in range(5):
            store.set("a", number, 60)
            assert store.get("a", int) == number
            assert store.is_degraded
            clock.advance(PAUSE)

    def test_a_start_without_redis(self, server: RedisServer, clock: Clock) -> None:
        """Without Redis at its start, the worker uses its memory."""
        server.kill()
        with server.client() as client:
            store = worker(client, clock)
            store.set("a", 1, 60)

            assert store.get("a", int) == 1
            assert store.is_degraded

    def test_local_copies_keep_the_whole_timeout_during_an_outage(
        self, server: RedisServer, connection: "redis.Redis", clock: Clock
    ) -> None:
        """During an outage, local copies keep the whole timeout, and the shorter one is for Redis only."""
        memory = MemoryCache()
        store = Store(memory, RedisCache(connection, key_prefix="engine:"), clock=clock)
        server.kill()
        store.set("answer:a", 1, 86_400, shared=120)

        ((_, left, _),) = memory.snapshot()
        assert left > 86_000

    def test_received_data_is_copied_to_an_empty_redis(
        self, store: Store, server: RedisServer, connection: "redis.Redis", clock: Clock
    ) -> None:
        """An empty Redis gets received data, but neither answers nor state that other workers may delete."""
        restored = {
            "quotes:BTC",
            "series:btc/USDT:1h",
            "window:a",
            "news",
            "fear_greed",
            "categories",
            "refresh:a",
        }
        for key in (*restored, "answer:prices", "circuit:binance", "failed:a"):
            store.set(key, 1, 3600)
        server.kill()
        assert store.get("news", int) == 1
        server.start()
        clock.advance(PAUSE)
        store.get("news", int)

        eventually(lambda: connection.exists(*(f"engine:{key}" for key in restored)) == len(restored))
        assert connection.dbsize() == len(restored)
