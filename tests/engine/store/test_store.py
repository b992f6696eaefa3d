"""Where the engine remembers: its own memory, and Redis as long as that is there."""

from collections.abc import Iterator

import pytest
import redis
from cachelib import RedisCache

from engine.store import PAUSE, Store
from engine.store.memory import MemoryCache
from tests.clock import Clock
from tests.redis_server import RedisServer, needs_redis
from tests.waiting import eventually


@pytest.fixture
def clock() -> Clock:
    """Time that stands still."""
    return Clock()


@pytest.fixture
def store(connection: "redis.Redis", clock: Clock) -> Store:
    """A worker's store over Redis."""
    return worker(connection, clock)


def worker(connection: "redis.Redis", clock: Clock) -> Store:
    """What one more worker has: memory of its own, Redis in common."""
    return Store(MemoryCache(), RedisCache(connection, key_prefix="engine:"), clock=clock)


class TestMemory:
    """Without Redis."""

    def test_a_value_is_kept_until_it_is_deleted(self) -> None:
        """What was set is got; what was deleted is not."""
        store = Store(MemoryCache())
        store.set("a", {"b": 1.5}, 60)
        assert store.get("a", dict) == {"b": 1.5}

        store.delete("a")
        assert store.get("a", int) is None

    def test_the_first_to_add_wins(self) -> None:
        """A second one is told that it was not kept."""
        store = Store(MemoryCache())

        assert store.add("a", 1, 60)
        assert not store.add("a", 2, 60)
        assert store.get("a", int) == 1

    def test_a_value_ends(self) -> None:
        """No later than its time, which is a second at least."""
        store = Store(MemoryCache())
        store.set("a", 1, 0.01)
        assert store.get("a", int) == 1

        eventually(lambda: store.get("a", int) is None)

    def test_memory_alone_is_neither_shared_nor_degraded(self) -> None:
        """There is no other worker, and nothing is lacking."""
        store = Store(MemoryCache())

        assert not store.is_shared
        assert not store.is_degraded

    def test_its_size_is_what_it_holds(self) -> None:
        """One more with each key."""
        store = Store(MemoryCache())
        store.set("a", 1, 60)
        store.set("b", 1, 60)
        store.set("b", 2, 60)

        assert store.size == 2


@needs_redis
class TestRedis:
    """With a Redis that is there."""

    def test_one_worker_sees_what_another_keeps_and_deletes(
        self, store: Store, connection: "redis.Redis", clock: Clock
    ) -> None:
        """All of them are one."""
        other = worker(connection, clock)
        store.set("a", (1.5, "x"), 60)
        assert other.get("a", tuple[float, str]) == (1.5, "x")
        assert store.is_shared

        other.delete("a")
        assert store.get("a", int) is None

    def test_what_redis_cannot_hold_stays_with_its_worker(
        self, store: Store, connection: "redis.Redis", caplog: pytest.LogCaptureFixture
    ) -> None:
        """Other workers get nothing, not even what was there before."""
        store.set("a", "before", 60)
        store.set("a", "half a character: \ud83d", 60)

        assert connection.exists("engine:a") == 0
        assert store.get("a", str) is None
        assert store.local_copy("a") == "half a character: \ud83d"
        assert store.is_shared
        assert "UnicodeEncodeError" in caplog.text

    def test_only_one_of_all_workers_adds(
        self, store: Store, connection: "redis.Redis", clock: Clock
    ) -> None:
        """The second is told so, and reads the first one's value."""
        other = worker(connection, clock)

        assert store.add("lease", "one", 60)
        assert not other.add("lease", "other", 60)
        assert other.get("lease", str) == "one"

    def test_values_have_their_time_there_too(self, store: Store, connection: "redis.Redis") -> None:
        """Redis itself forgets them, whether they were set or added."""
        store.set("a", 1, 60)
        store.add("b", 1, 2)

        assert 58 <= int(connection.ttl("engine:a")) <= 60
        assert 1 <= int(connection.ttl("engine:b")) <= 2

    def test_what_is_derived_leaves_redis_early_and_stays_with_its_worker(
        self, store: Store, connection: "redis.Redis"
    ) -> None:
        """Redis has it for as long as is `shared`, this worker for all of its time."""
        store.set("answer:a", 1, 86_400, shared=120)
        assert 118 <= int(connection.ttl("engine:answer:a")) <= 120

        connection.delete("engine:answer:a")
        assert store.get("answer:a", int) is None
        assert store.local_copy("answer:a") == 1


@needs_redis
class TestFailover:
    """With a Redis that goes and comes."""

    @pytest.fixture(autouse=True)
    def _there_again(self, server: RedisServer) -> Iterator[None]:
        """Whatever a test does to it, the next one has a Redis."""
        yield
        server.kill()
        server.start()

    def test_what_was_kept_outlives_redis(self, store: Store, server: RedisServer) -> None:
        """Nothing is raised; the worker goes on with what it has, and says so."""
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

    def test_redis_is_left_alone_for_a_while_and_then_used_again(
        self, store: Store, server: RedisServer, connection: "redis.Redis", clock: Clock
    ) -> None:
        """One question in a pause is enough to learn that it is gone; once it is back it is shared again."""
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

    def test_the_pause_starts_anew_as_long_as_redis_is_gone(
        self, store: Store, server: RedisServer, clock: Clock
    ) -> None:
        """It stays degraded, and what is kept in the meantime stays readable."""
        server.kill()
        for number in range(5):
            store.set("a", number, 60)
            assert store.get("a", int) == number
            assert store.is_degraded
            clock.advance(PAUSE)

    def test_redis_absent_from_the_start(self, server: RedisServer, clock: Clock) -> None:
        """Memory is enough to begin with."""
        server.kill()
        with server.client() as nowhere:
            store = worker(nowhere, clock)
            store.set("a", 1, 60)

            assert store.get("a", int) == 1
            assert store.is_degraded

    def test_what_is_shared_for_a_moment_is_kept_while_redis_is_gone(
        self, server: RedisServer, connection: "redis.Redis", clock: Clock
    ) -> None:
        """Memory knows the whole time, not the one that was meant for Redis."""
        memory = MemoryCache()
        store = Store(memory, RedisCache(connection, key_prefix="engine:"), clock=clock)
        server.kill()
        store.set("answer:a", 1, 86_400, shared=120)

        ((_, left, _),) = memory.snapshot()
        assert left > 86_000

    def test_an_empty_redis_is_told_everything_that_was_received(
        self, store: Store, server: RedisServer, connection: "redis.Redis", clock: Clock
    ) -> None:
        """News and totals like quotes; no answers, which are made of those, nor state that others may end."""
        told = {
            "quotes:BTC",
            "series:BTCUSDT:1h",
            "window:a",
            "news",
            "fear_greed",
            "categories",
            "refresh:a",
        }
        for key in (*told, "answer:prices", "circuit:binance", "failed:a"):
            store.set(key, 1, 3600)
        server.kill()
        assert store.get("news", int) == 1
        server.start()
        clock.advance(PAUSE)
        store.get("news", int)

        eventually(lambda: connection.exists(*(f"engine:{key}" for key in told)) == len(told))
        assert connection.dbsize() == len(told)
