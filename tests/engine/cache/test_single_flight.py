"""One fetch runs per key, across the threads of a worker and the workers that share a Redis."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from cachelib import RedisCache

from engine.cache.cached_entries import CachedEntries
from engine.cache.decision import FAILURE_REMEMBERED
from engine.cache.entries import Entry
from engine.cache.host_times import HostTimes
from engine.cache.single_flight import SingleFlight
from engine.errors import AllProvidersFailed
from engine.store import Store
from engine.store.leases import LEASE, Leases
from engine.store.memory import MemoryCache
from engine.telemetry.spans import span
from providers import Unavailable
from tests.clock import Clock
from tests.recorded_spans import Recorder, recorder
from tests.redis_server import RedisServer, needs_redis
from tests.waiting import eventually, quickest

__all__ = ["recorder"]
DEADLINE = 10.0


@pytest.fixture
def clock() -> Clock:
    """Return a clock that a test sets, for the ages of failures."""
    return Clock()


class Worker:
    """A worker's single flight over `store`, with fetches that can be delayed and can fail."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.kept = CachedEntries(store, HostTimes(store, clock), clock, {})
        self.single_flight = SingleFlight(self.kept, Leases(store), clock)
        self.fetched: list[str] = []
        self.fails = False
        self.may_finish = threading.Event()
        self.may_finish.set()

    def fetch(self, keys: list[str]) -> dict[str, Entry]:
        """Fetch when the test allows it."""
        self.fetched += keys
        assert self.may_finish.wait(20)
        if self.fails:
            raise AllProvidersFailed.of({"binance": Unavailable(reason="Timeout")})
        return {key: Entry(f"{key} fetched", self.clock(), 60) for key in keys}

    def run(self, *keys: str, deadline: float = DEADLINE) -> dict[str, Any]:
        """Return the values of `keys`."""
        entries = self.single_flight.run(dict.fromkeys(keys, 0.0), self.fetch, self.clock(), deadline)
        return {key: entry.value for key, entry in entries.items()}


@pytest.fixture
def worker(clock: Clock) -> Worker:
    """Return one worker with its memory."""
    return Worker(Store(MemoryCache()), clock)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Return threads for clients."""
    with ThreadPoolExecutor(32) as pool:
        yield pool


def reasons(run: Callable[[], object]) -> object:
    """Return the details of the error of a run."""
    with pytest.raises(AllProvidersFailed) as failed:
        run()
    return failed.value.details


class TestOneWorker:
    """Tests of threads in one process."""

    def test_all_callers_of_a_key_wait_for_the_one_that_fetches_it(
        self, worker: Worker, pool: ThreadPoolExecutor
    ) -> None:
        """One of twenty callers fetches a key, and all of them get its entry."""
        worker.may_finish.clear()
        asked = [pool.submit(worker.run, "a") for _ in range(20)]
        eventually(lambda: worker.fetched)
        worker.may_finish.set()

        assert [each.result(10) for each in asked] == [{"a": "a fetched"}] * 20
        assert worker.fetched == ["a"]

    def test_different_keys_do_not_wait_for_each_other(
        self, worker: Worker, pool: ThreadPoolExecutor
    ) -> None:
        """A key is served while the fetch of another one runs."""
        worker.may_finish.clear()
        slow = pool.submit(worker.run, "a")
        eventually(lambda: worker.fetched)
        quick = Entry(1, worker.clock(), 60)
        assert worker.single_flight.run({"b": 0.0}, lambda keys: {"b": quick}, 0.0, DEADLINE) == {"b": quick}
        assert not slow.done()

        worker.may_finish.set()
        assert slow.result(10) == {"a": "a fetched"}

    def test_a_key_with_a_running_fetch_is_not_fetched_again(
        self, worker: Worker, pool: ThreadPoolExecutor
    ) -> None:
        """A caller of two keys waits for one, fetches the other, and gets both."""
        worker.may_finish.clear()
        first = pool.submit(worker.run, "a")
        eventually(lambda: worker.fetched == ["a"])
        second = pool.submit(worker.run, "a", "b")
        eventually(lambda: worker.fetched == ["a", "b"])
        worker.may_finish.set()

        assert first.result(10) == {"a": "a fetched"}
        assert second.result(10) == {"a": "a fetched", "b": "b fetched"}
        assert worker.fetched == ["a", "b"]

    def test_all_callers_get_a_failure_and_it_is_remembered(
        self, worker: Worker, pool: ThreadPoolExecutor, clock: Clock
    ) -> None:
        """All callers get the reasons of one failed call, and the failure stays recent for some seconds."""
        worker.may_finish.clear()
        worker.fails = True
        asked = [pool.submit(worker.run, "a") for _ in range(5)]
        eventually(lambda: worker.fetched)
        worker.may_finish.set()

        for each in asked:
            assert reasons(lambda each=each: each.result(10)) == {"binance": "Timeout"}  # type: ignore[misc]
        failed = worker.kept.failure("a")
        assert failed is not None
        assert failed.recent(clock())
        clock.advance(FAILURE_REMEMBERED)
        assert not failed.recent(clock())

    def test_a_success_deletes_the_failure(self, worker: Worker, clock: Clock) -> None:
        """After a successful fetch, the key has no failure."""
        worker.fails = True
        reasons(lambda: worker.run("a"))
        worker.fails = False
        clock.advance(FAILURE_REMEMBERED)
        worker.run("a")

        assert worker.kept.failure("a") is None

    def test_callers_wait_until_the_deadline(self, worker: Worker, pool: ThreadPoolExecutor) -> None:
        """A caller of a slow fetch gets an error in time, and the fetch continues."""
        worker.may_finish.clear()
        first = pool.submit(worker.run, "a")
        eventually(lambda: worker.fetched)
        seconds, told = quickest(lambda: reasons(lambda: worker.run("a", deadline=0.2)), 2)

        assert told == {"engine": "Timeout"}
        assert seconds < 2
        worker.may_finish.set()
        assert first.result(10) == {"a": "a fetched"}

    def test_an_internal_error_frees_the_key(self, worker: Worker) -> None:
        """After an unforeseen error the key can be fetched again, and no caller waits for it."""

        def burst(keys: list[str]) -> dict[str, Entry]:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            worker.single_flight.run({"a": 0.0}, burst, 0.0, DEADLINE)
        assert worker.run("a") == {"a": "a fetched"}

    def test_a_caller_that_looked_before_the_end_does_not_fetch_again(
        self, worker: Worker, pool: ThreadPoolExecutor
    ) -> None:
        """A caller whose key is fetched between its lookup and its join gets that entry."""
        worker.run("a")

        assert worker.run("a") == {"a": "a fetched"}
        assert worker.fetched == ["a"]


@needs_redis
class TestTwoWorkers:
    """Tests of processes that share a Redis."""

    @pytest.fixture
    def workers(self, connection: "redis.Redis", clock: Clock) -> tuple[Worker, Worker]:
        """Return two workers that share only a Redis."""
        one, other = (
            Worker(Store(MemoryCache(), RedisCache(connection, key_prefix="engine:")), clock)
            for _ in range(2)
        )
        return one, other

    def test_one_fetches_and_the_other_has_the_same(
        self, workers: tuple[Worker, Worker], pool: ThreadPoolExecutor
    ) -> None:
        """The later worker waits for the result of the first one."""
        one, other = workers
        one.may_finish.clear()
        first = pool.submit(one.run, "a")
        eventually(lambda: one.fetched)
        second = pool.submit(other.run, "a")
        eventually(lambda: "a" in other.single_flight._running)
        one.may_finish.set()

        assert first.result(10) == second.result(10) == {"a": "a fetched"}
        assert other.fetched == []

    def test_spans_of_waiting_requests_say_so(
        self, workers: tuple[Worker, Worker], pool: ThreadPoolExecutor, recorder: Recorder
    ) -> None:
        """A request that waits for another one, or for another worker, has the number of keys in its span."""

        def run(worker: Worker) -> None:
            with span("cache"):
                worker.run("a")

        def waiting() -> list[object]:
            return [each.attributes.get("cache.waited") for each in recorder.spans]

        one, other = workers
        one.may_finish.clear()
        asked = [pool.submit(run, one)]
        eventually(lambda: one.fetched)
        asked += [pool.submit(run, one), pool.submit(run, other)]
        eventually(lambda: waiting() == [None, 1, 1])
        one.may_finish.set()

        assert [each.result(10) for each in asked] == [None] * 3

    def test_a_fetch_longer_than_its_lease_is_not_taken_over(
        self, workers: tuple[Worker, Worker], pool: ThreadPoolExecutor, connection: "redis.Redis"
    ) -> None:
        """A worker renews its lease while its fetch runs."""
        one, other = workers
        one.may_finish.clear()
        first = pool.submit(one.run, "a")
        second = first
        eventually(lambda: one.fetched)
        second = pool.submit(other.run, "a")
        end = time.monotonic() + 2 * LEASE
        eventually(lambda: time.monotonic() > end)
        assert other.fetched == []
        assert connection.exists("engine:flight:a")

        one.may_finish.set()
        assert first.result(10) == second.result(10) == {"a": "a fetched"}
        assert other.fetched == []

    def test_both_workers_get_a_failure(
        self, workers: tuple[Worker, Worker], pool: ThreadPoolExecutor
    ) -> None:
        """The other worker does not repeat a fetch that has just failed."""
        one, other = workers
        one.fails = True
        one.may_finish.clear()
        first = pool.submit(one.run, "a")
        eventually(lambda: one.fetched)
        second = pool.submit(other.run, "a")
        eventually(lambda: "a" in other.single_flight._running)
        one.may_finish.set()

        assert reasons(lambda: first.result(10)) == {"binance": "Timeout"}
        assert reasons(lambda: second.result(10)) == {"binance": "Timeout"}
        assert other.fetched == []

    def test_a_worker_that_comes_just_after_the_fetch_does_not_fetch_again(
        self, workers: tuple[Worker, Worker]
    ) -> None:
        """A worker looks for the value after it gets a lease, since another may have stored it."""
        one, other = workers
        one.run("a")

        assert other.run("a") == {"a": "a fetched"}
        assert other.fetched == []

    def test_a_worker_just_after_a_failure_does_not_fetch_again(self, workers: tuple[Worker, Worker]) -> None:
        """A worker looks for a failure after it gets a lease, since another may have stored one."""
        one, other = workers
        one.fails = True
        reasons(lambda: one.run("a"))

        assert reasons(lambda: other.run("a")) == {"binance": "Timeout"}
        assert other.fetched == []

    def test_a_lease_whose_holder_vanished_is_taken_over(
        self, workers: tuple[Worker, Worker], connection: "redis.Redis"
    ) -> None:
        """A lease is taken over soon after it has expired, and not before."""
        one, _ = workers
        keys = map(str, itertools.count())

        def take_over() -> None:
            key = next(keys)
            assert one.store.add(f"flight:{key}", "a dead worker", LEASE)
            assert one.run(key) == {key: f"{key} fetched"}
            assert not connection.exists(f"engine:flight:{key}")

        seconds, _ = quickest(take_over, 3 * LEASE)
        assert LEASE * 0.9 < seconds < 3 * LEASE  # Redis counts whole milliseconds

    def test_a_foreign_lease_that_is_renewed_for_ever_costs_the_deadline_at_most(
        self, workers: tuple[Worker, Worker]
    ) -> None:
        """A worker that hangs delays other workers until their deadline at most."""
        one, _ = workers
        keys = map(str, itertools.count())

        def wait() -> object:
            key = next(keys)
            assert one.store.add(f"flight:{key}", "a hanging worker", 60)
            return reasons(lambda: one.run(key, deadline=0.5))

        seconds, told = quickest(wait, 1.5)
        assert told == {"engine": "Timeout"}
        assert seconds < 1.5

    def test_a_key_that_hangs_elsewhere_does_not_affect_another_key(
        self, workers: tuple[Worker, Worker]
    ) -> None:
        """A caller gets the key that its worker has fetched, although another key hangs in another worker."""
        one, _ = workers
        assert one.store.add("flight:a", "a hanging worker", 60)

        assert one.run("a", "b", deadline=0.5) == {"b": "b fetched"}

    def test_a_lease_that_was_taken_over_is_not_given_back(
        self, workers: tuple[Worker, Worker], connection: "redis.Redis", pool: ThreadPoolExecutor
    ) -> None:
        """A worker that finishes after its lease has expired leaves the lease of its successor."""
        one, _ = workers
        one.may_finish.clear()
        late = pool.submit(one.run, "a")
        eventually(lambda: one.fetched)
        one.store.set("flight:a", "the successor", 60)
        one.may_finish.set()
        late.result(10)

        assert one.store.get("flight:a", str) == "the successor"

    def test_without_redis_each_worker_fetches(
        self, workers: tuple[Worker, Worker], server: RedisServer
    ) -> None:
        """Without Redis, each worker fetches for itself."""
        one, other = workers
        server.kill()
        try:
            assert one.run("a") == other.run("a") == {"a": "a fetched"}
            assert one.fetched == other.fetched == ["a"]
        finally:
            server.start()
