"""One making per key: over the threads of a worker, and over workers that share a Redis."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from cachelib import RedisCache

from engine.cache.single_flight import FAILURE_REMEMBERED, Flights
from engine.errors import AllProvidersFailed
from engine.store import Store
from engine.store.leases import LEASE
from engine.store.memory import Shelf
from providers import Unavailable
from tests.clock import Clock
from tests.redis_server import RedisServer, needs_redis
from tests.waiting import eventually

DEADLINE = 10.0


@pytest.fixture
def clock() -> Clock:
    """Time that stands still: it is only read to know how long ago a failure was."""
    return Clock()


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """A Redis for all tests of this file."""
    with RedisServer() as server:
        yield server


class Worker:
    """A worker's flights over `store`, and the making of values that can be held up and can fail."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.flights = Flights(store, clock)
        self.made: list[str] = []
        self.fails = False
        self.may_land = threading.Event()
        self.may_land.set()

    def make(self, keys: list[str]) -> dict[str, Any]:
        """Make and store, once that is allowed."""
        self.made += keys
        assert self.may_land.wait(20)
        if self.fails:
            raise AllProvidersFailed.of({"binance": Unavailable(reason="Timeout")})
        values = {key: f"{key} made" for key in keys}
        for key, value in values.items():
            self.store.set(key, value, 60)
        return values

    def fly(self, *keys: str, deadline: float = DEADLINE) -> dict[str, Any]:
        """The values of `keys`."""
        return self.flights.fly(keys, self.make, self.store.get, deadline)


@pytest.fixture
def worker(clock: Clock) -> Worker:
    """A worker alone, with memory of its own."""
    return Worker(Store(Shelf()), clock)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Clients."""
    with ThreadPoolExecutor(32) as pool:
        yield pool


def reasons(flight: Callable[[], object]) -> object:
    """The details of the error that a flight ends with."""
    with pytest.raises(AllProvidersFailed) as failed:
        flight()
    return failed.value.details


class TestOneWorker:
    """Threads of one process."""

    def test_all_who_want_the_same_wait_for_the_one_who_makes_it(
        self, worker: Worker, pool: ThreadPoolExecutor
    ) -> None:
        """Twenty ask, one makes, all have it."""
        worker.may_land.clear()
        asked = [pool.submit(worker.fly, "a") for _ in range(20)]
        eventually(lambda: worker.made)
        worker.may_land.set()

        assert [each.result(10) for each in asked] == [{"a": "a made"}] * 20
        assert worker.made == ["a"]

    def test_different_keys_do_not_wait_for_each_other(
        self, worker: Worker, pool: ThreadPoolExecutor
    ) -> None:
        """While one is in the air another lands."""
        worker.may_land.clear()
        slow = pool.submit(worker.fly, "a")
        eventually(lambda: worker.made)
        quick = worker.flights.fly(["b"], lambda keys: {"b": 1}, worker.store.get, DEADLINE)
        assert quick == {"b": 1}
        assert not slow.done()

        worker.may_land.set()
        assert slow.result(10) == {"a": "a made"}

    def test_only_what_is_not_in_the_air_is_made(self, worker: Worker, pool: ThreadPoolExecutor) -> None:
        """Of two keys one is waited for and one is made, and both are given."""
        worker.may_land.clear()
        first = pool.submit(worker.fly, "a")
        eventually(lambda: worker.made == ["a"])
        second = pool.submit(worker.fly, "a", "b")
        eventually(lambda: worker.made == ["a", "b"])
        worker.may_land.set()

        assert first.result(10) == {"a": "a made"}
        assert second.result(10) == {"a": "a made", "b": "b made"}
        assert worker.made == ["a", "b"]

    def test_a_failure_is_told_to_all_and_remembered(
        self, worker: Worker, pool: ThreadPoolExecutor, clock: Clock
    ) -> None:
        """One try, the same reasons for everybody, and for a while the failure is known."""
        worker.may_land.clear()
        worker.fails = True
        asked = [pool.submit(worker.fly, "a") for _ in range(5)]
        eventually(lambda: worker.made)
        worker.may_land.set()

        for each in asked:
            assert reasons(lambda each=each: each.result(10)) == {"binance": "Timeout"}  # type: ignore[misc]
        failed = worker.flights.failure("a")
        assert failed is not None
        assert failed.recent(clock())
        clock.advance(FAILURE_REMEMBERED)
        assert not failed.recent(clock())

    def test_a_success_forgets_the_failure(self, worker: Worker, clock: Clock) -> None:
        """What works again has not failed."""
        worker.fails = True
        reasons(lambda: worker.fly("a"))
        worker.fails = False
        clock.advance(FAILURE_REMEMBERED)
        worker.fly("a")

        assert worker.flights.failure("a") is None

    def test_nobody_waits_longer_than_the_deadline(self, worker: Worker, pool: ThreadPoolExecutor) -> None:
        """Who came for what hangs is told so in time, and the flight itself goes on."""
        worker.may_land.clear()
        first = pool.submit(worker.fly, "a")
        eventually(lambda: worker.made)
        start = time.monotonic()

        assert reasons(lambda: worker.fly("a", deadline=0.2)) == {"engine": "Timeout"}
        assert time.monotonic() - start < 2
        worker.may_land.set()
        assert first.result(10) == {"a": "a made"}

    def test_a_fault_of_ours_frees_the_key(self, worker: Worker) -> None:
        """What ends in an unforeseen error can be made anew, and leaves nobody waiting."""

        def burst(keys: list[str]) -> dict[str, Any]:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            worker.flights.fly(["a"], burst, worker.store.get, DEADLINE)
        assert worker.fly("a") == {"a": "a made"}

    def test_who_looked_before_it_landed_does_not_make_it_again(
        self, worker: Worker, pool: ThreadPoolExecutor
    ) -> None:
        """Between finding nothing and boarding another thread may have landed: then there is something."""
        worker.fly("a")

        assert worker.fly("a") == {"a": "a made"}
        assert worker.made == ["a"]


@needs_redis
class TestTwoWorkers:
    """Processes that share a Redis."""

    @pytest.fixture
    def client(self, server: RedisServer) -> Iterator["redis.Redis"]:
        """A connection to it, while it is empty."""
        with server.client() as client:
            client.flushall()
            yield client

    @pytest.fixture
    def workers(self, client: "redis.Redis", clock: Clock) -> tuple[Worker, Worker]:
        """Two that have nothing but Redis in common."""
        one, other = (
            Worker(Store(Shelf(), RedisCache(client, key_prefix="engine:")), clock) for _ in range(2)
        )
        return one, other

    def test_one_makes_and_the_other_has_the_same(
        self, workers: tuple[Worker, Worker], pool: ThreadPoolExecutor
    ) -> None:
        """The one who came later waits for what the other is making."""
        one, other = workers
        one.may_land.clear()
        first = pool.submit(one.fly, "a")
        eventually(lambda: one.made)
        second = pool.submit(other.fly, "a")
        eventually(lambda: "a" in other.flights._here)
        one.may_land.set()

        assert first.result(10) == second.result(10) == {"a": "a made"}
        assert other.made == []

    def test_a_flight_longer_than_its_lease_is_not_taken_over(
        self, workers: tuple[Worker, Worker], pool: ThreadPoolExecutor, client: "redis.Redis"
    ) -> None:
        """Whoever is alive renews it as long as it takes."""
        one, other = workers
        one.may_land.clear()
        first = pool.submit(one.fly, "a")
        second = first
        eventually(lambda: one.made)
        second = pool.submit(other.fly, "a")
        end = time.monotonic() + 2 * LEASE
        eventually(lambda: time.monotonic() > end)
        assert other.made == []
        assert client.exists("engine:flight:a")

        one.may_land.set()
        assert first.result(10) == second.result(10) == {"a": "a made"}
        assert other.made == []

    def test_a_failure_is_told_to_both(
        self, workers: tuple[Worker, Worker], pool: ThreadPoolExecutor
    ) -> None:
        """The other does not try in its turn what has just failed."""
        one, other = workers
        one.fails = True
        one.may_land.clear()
        first = pool.submit(one.fly, "a")
        eventually(lambda: one.made)
        second = pool.submit(other.fly, "a")
        eventually(lambda: "a" in other.flights._here)
        one.may_land.set()

        assert reasons(lambda: first.result(10)) == {"binance": "Timeout"}
        assert reasons(lambda: second.result(10)) == {"binance": "Timeout"}
        assert other.made == []

    def test_who_comes_just_after_the_landing_does_not_make_it_again(
        self, workers: tuple[Worker, Worker]
    ) -> None:
        """A lease that is free may be free because the value is there."""
        one, other = workers
        one.fly("a")

        assert other.fly("a") == {"a": "a made"}
        assert other.made == []

    def test_who_comes_just_after_a_failure_does_not_try_again(self, workers: tuple[Worker, Worker]) -> None:
        """A lease that is free may be free because it has just failed: an outage is no storm."""
        one, other = workers
        one.fails = True
        reasons(lambda: one.fly("a"))

        assert reasons(lambda: other.fly("a")) == {"binance": "Timeout"}
        assert other.made == []

    def test_a_lease_whose_holder_vanished_is_taken_over(
        self, workers: tuple[Worker, Worker], client: "redis.Redis"
    ) -> None:
        """After the lease's time, not at once and not much later."""
        one, _ = workers
        assert one.store.add("flight:a", "who died", LEASE)
        start = time.monotonic()

        assert one.fly("a") == {"a": "a made"}
        # Redis counts whole milliseconds from when the lease was added, a little before `start`.
        assert LEASE * 0.9 < time.monotonic() - start < 3 * LEASE
        assert not client.exists("engine:flight:a")

    def test_a_foreign_lease_that_is_renewed_for_ever_costs_the_deadline_at_most(
        self, workers: tuple[Worker, Worker]
    ) -> None:
        """Whoever hangs elsewhere hangs alone."""
        one, _ = workers
        assert one.store.add("flight:a", "who hangs", 60)
        start = time.monotonic()

        assert reasons(lambda: one.fly("a", deadline=0.5)) == {"engine": "Timeout"}
        assert time.monotonic() - start < 1.5

    def test_what_another_makes_does_not_spoil_what_was_made_here(
        self, workers: tuple[Worker, Worker]
    ) -> None:
        """Of two keys one hangs elsewhere: the other one is given all the same."""
        one, _ = workers
        assert one.store.add("flight:a", "who hangs", 60)

        assert one.fly("a", "b", deadline=0.5) == {"b": "b made"}

    def test_a_lease_that_was_taken_over_is_not_given_back(
        self, workers: tuple[Worker, Worker], client: "redis.Redis", pool: ThreadPoolExecutor
    ) -> None:
        """Who was thought dead and lands late leaves its successor's mark alone."""
        one, _ = workers
        one.may_land.clear()
        late = pool.submit(one.fly, "a")
        eventually(lambda: one.made)
        one.store.set("flight:a", "the successor", 60)
        one.may_land.set()
        late.result(10)

        assert one.store.get("flight:a") == "the successor"

    def test_without_redis_each_makes_its_own(
        self, workers: tuple[Worker, Worker], server: RedisServer
    ) -> None:
        """There is nothing to agree over, and nobody waits for a lease."""
        one, other = workers
        server.kill()
        try:
            assert one.fly("a") == other.fly("a") == {"a": "a made"}
            assert one.made == other.made == ["a"]
        finally:
            server.start()
