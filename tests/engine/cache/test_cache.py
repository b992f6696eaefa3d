"""What is fresh is given, what is old is replaced, and what cannot be replaced is better than nothing."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from cachelib import RedisCache

from engine.cache import ANSWER_SHARED, Answer, Cache, Entries, Entry, Validity
from engine.cache.decision import Kept
from engine.cache.entries import RENEWED
from engine.cache.single_flight import Fetch
from engine.errors import AllProvidersFailed
from engine.store import Store
from engine.store.memory import MemoryCache
from providers import Unavailable
from tests.clock import Clock
from tests.redis_server import RedisServer, needs_redis
from tests.waiting import eventually


class Source:
    """Fetches entries that are fresh for 30 s, counts them by key, and can fail."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.fetched: list[str] = []
        self.tried = 0
        self.fails = False

    def __call__(self, keys: list[str]) -> Entries:
        self.tried += 1
        if self.fails:
            raise AllProvidersFailed.of({"binance": Unavailable(reason="Timeout")})
        self.fetched += keys
        return {key: Entry(self.fetched.count(key), self.clock(), 30) for key in keys}


@pytest.fixture
def clock() -> Clock:
    """Time that stands still."""
    return Clock()


@pytest.fixture
def source(clock: Clock) -> Source:
    """Where entries come from."""
    return Source(clock)


@pytest.fixture
def cache(clock: Clock) -> Iterator[Cache]:
    """An empty one."""
    with ThreadPoolExecutor(4) as pool:
        yield Cache.over(Store(MemoryCache()), pool, clock=clock)


def obtain(cache: Cache, fetch: Fetch, *keys: str) -> dict[str, Any]:
    """Return the values by key, for a request that any entry serves."""
    return values(cache.data.obtain(cache.data.read(*keys), fetch))


def refresh(cache: Cache, fetch: Fetch, key: str, since: float = 0.0) -> None:
    """Refresh a key that is not fresh, or was made before `since`."""
    cache.data.refresh({name: kept.since(since) for name, kept in cache.data.read(key).items()}, fetch)


def values(entries: Entries) -> dict[str, Any]:
    """The values by key."""
    return {key: entry.value for key, entry in entries.items()}


def test_fresh_entries_are_given_again(cache: Cache, source: Source, clock: Clock) -> None:
    """Until their time is over nothing is made anew."""
    obtain(cache, source, "a")
    clock.advance(29.9)

    assert obtain(cache, source, "a") == {"a": 1}
    assert source.fetched == ["a"]


def test_only_what_is_missing_is_made(cache: Cache, source: Source) -> None:
    """What is kept of one serves any set it is in."""
    obtain(cache, source, "a")

    assert obtain(cache, source, "b", "a") == {"b": 1, "a": 1}
    assert source.fetched == ["a", "b"]


def test_a_stale_entry_is_given_at_once_while_one_refresh_runs_behind_it(
    cache: Cache, source: Source, clock: Clock
) -> None:
    """For one more lifetime nobody waits."""
    obtain(cache, source, "a")
    clock.advance(59)

    assert obtain(cache, source, "a") == {"a": 1}
    eventually(lambda: obtain(cache, source, "a") == {"a": 2})
    assert source.fetched == ["a", "a"]


def hurried(cache: Cache) -> dict[str, Kept]:
    """Return what is kept for a request that must not get a stale value at once."""
    return {key: replace(kept, must_refresh=True) for key, kept in cache.data.read("a").items()}


def test_a_stale_value_that_must_be_refreshed_is_waited_for(
    cache: Cache, source: Source, clock: Clock
) -> None:
    """And given all the same where nobody has anything newer."""
    obtain(cache, source, "a")
    clock.advance(31)
    assert values(cache.data.obtain(hurried(cache), source)) == {"a": 2}

    clock.advance(31)
    source.fails = True
    assert values(cache.data.obtain(hurried(cache), source)) == {"a": 2}


def test_after_two_lifetimes_a_new_one_is_waited_for(cache: Cache, source: Source, clock: Clock) -> None:
    """Too old to be given while somebody may have better."""
    obtain(cache, source, "a")
    clock.advance(60)

    assert obtain(cache, source, "a") == {"a": 2}


def test_what_is_old_is_better_than_nothing(cache: Cache, source: Source, clock: Clock) -> None:
    """Where nothing new can be had the old one is given, for a day."""
    obtain(cache, source, "a")
    source.fails = True
    clock.advance(86_399)
    assert obtain(cache, source, "a") == {"a": 1}

    clock.advance(6)
    with pytest.raises(AllProvidersFailed):
        obtain(cache, source, "a")


def test_in_an_outage_nobody_waits(cache: Cache, source: Source, clock: Clock) -> None:
    """Once a making has failed, what is old is given at once, and another try runs behind it."""
    obtain(cache, source, "a")
    source.fails = True
    clock.advance(3600)
    obtain(cache, source, "a")
    clock.advance(6)
    caller = threading.get_ident()
    source.fails = False

    def make(keys: list[str]) -> Entries:
        assert threading.get_ident() != caller
        return source(keys)

    assert obtain(cache, make, "a") == {"a": 1}
    eventually(lambda: obtain(cache, make, "a") == {"a": 2})


def test_a_failure_is_remembered_for_five_seconds(cache: Cache, source: Source, clock: Clock) -> None:
    """An outage is no storm: the reasons are told again without asking anybody."""
    source.fails = True
    for _ in range(10):
        with pytest.raises(AllProvidersFailed) as caught:
            obtain(cache, source, "a")
    assert caught.value.details == {"binance": "Timeout"}
    assert source.tried == 1

    clock.advance(5)
    source.fails = False
    assert obtain(cache, source, "a") == {"a": 1}


def test_what_is_not_good_enough_is_made_anew(cache: Cache, source: Source) -> None:
    """However fresh it is."""
    obtain(cache, source, "a")

    refused = {key: kept.refused() for key, kept in cache.data.read("a").items()}

    assert values(cache.data.obtain(refused, source)) == {"a": 2}


def test_some_is_better_than_none(cache: Cache, source: Source) -> None:
    """Where one cannot be had the others are given without it."""
    obtain(cache, source, "a")
    source.fails = True

    assert obtain(cache, source, "a", "b") == {"a": 1}


def test_many_who_want_the_same_share_one_making(cache: Cache, clock: Clock) -> None:
    """Whoever comes while it is made waits for it, and makes only what else is missing."""
    started, go_on = threading.Event(), threading.Event()
    made: list[str] = []

    def slow(keys: list[str]) -> Entries:
        made.extend(keys)
        started.set()
        go_on.wait(10)
        return {key: Entry(key, clock(), 30) for key in keys}

    with ThreadPoolExecutor(10) as pool:
        first = pool.submit(obtain, cache, slow, "a", "b")
        started.wait(10)
        others = [pool.submit(obtain, cache, slow, "a", "b", "c") for _ in range(9)]
        go_on.set()

        assert first.result() == {"a": "a", "b": "b"}
        assert all(set(other.result()) == {"a", "b", "c"} for other in others)
    assert sorted(made) == ["a", "b", "c"]


def test_a_fault_of_ours_in_the_background_is_logged(
    cache: Cache, source: Source, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for it, so nobody else would tell."""

    def broken(keys: list[str]) -> Entries:
        raise ZeroDivisionError

    obtain(cache, source, "a")
    clock.advance(31)
    obtain(cache, broken, "a")

    eventually(lambda: "unforeseen failure in the background" in caplog.text)


def answered(cache: Cache, source: Source) -> Answer:
    """Answer as the use cases do."""
    ready = cache.answers.look("key")
    if ready.fresh is not None:
        return ready.fresh
    try:
        entries = cache.data.obtain(cache.data.read("a"), source)
    except AllProvidersFailed as failed:
        return cache.answers.last(ready, failed)
    validity = Validity.of(entries.values(), ready.asked)
    answer = Answer.with_body({"data": entries["a"].value}, {"quote": "USDT"}, validity)
    return cache.answers.built(ready, validity) or cache.answers.keep(ready, answer)


class TestAnswers:
    """The bytes that are built from entries."""

    @staticmethod
    def ask(cache: Cache, source: Source, clock: Clock) -> Any:
        """Return what a client reads."""
        return json.loads(answered(cache, source).body(clock()))

    def test_an_answer_tells_its_age(self, cache: Cache, source: Source, clock: Clock) -> None:
        """With every hit, and to a tenth of a second."""
        self.ask(cache, source, clock)
        clock.advance(29.5)

        assert self.ask(cache, source, clock) == {
            "success": True,
            "data": 1,
            "meta": {"stale": False, "ageSeconds": 29.5, "quote": "USDT"},
        }
        assert cache.answers.hit_rate == 0.5

    def test_an_old_answer_says_that_it_is_old(self, cache: Cache, source: Source, clock: Clock) -> None:
        """Its age grows as long as nothing new can be had."""
        self.ask(cache, source, clock)
        source.fails = True
        ages = []
        for _ in range(3):
            clock.advance(100)
            told = self.ask(cache, source, clock)
            assert told["meta"]["stale"] is True
            ages.append(told["meta"]["ageSeconds"])

        assert ages == [100, 200, 300]

    def test_an_answer_without_further_meta_is_json_as_well(self, clock: Clock) -> None:
        """The cut through `meta` holds where it has no other member."""
        told = json.loads(Answer.with_body({}, {}, Validity(made=clock(), lifetime=30)).body(clock()))

        assert told["meta"] == {"stale": False, "ageSeconds": 0}


def test_an_old_failure_does_not_hide_that_all_is_well_again(
    cache: Cache, source: Source, clock: Clock
) -> None:
    """Hours later what is old is not given for it: somebody is asked."""
    obtain(cache, source, "a")
    source.fails = True
    clock.advance(100)
    obtain(cache, source, "a")
    source.fails = False
    clock.advance(20 * 3600)

    assert obtain(cache, source, "a") == {"a": 2}


def test_a_failure_that_is_told_again_does_not_grow(cache: Cache, source: Source) -> None:
    """However many clients are told, what is remembered keeps no frames of theirs."""
    source.fails = True
    told = []
    for _ in range(3):
        with pytest.raises(AllProvidersFailed) as caught:
            obtain(cache, source, "a")
        told.append(caught.value)

    assert len({id(error) for error in told}) == 3
    failed = cache.data.read("a")["a"].failure
    assert failed is not None
    assert failed.error.__traceback__ is None


def test_a_refresh_makes_what_is_not_fresh(cache: Cache, source: Source, clock: Clock) -> None:
    """And, where it is to be newer than it is, what is fresh as well."""
    refresh(cache, source, "a")
    clock.advance(10)
    refresh(cache, source, "a")
    assert source.fetched == ["a"]
    refresh(cache, source, "a", clock())

    assert source.fetched == ["a", "a"]


def test_an_answer_from_before_a_refresh_is_looked_at_again(source: Source, clock: Clock) -> None:
    """It is built anew where its parts were made anew, and stays what it is where they were not."""
    store = Store(MemoryCache())
    with ThreadPoolExecutor(1) as pool:
        cache = Cache.over(store, pool, clock=clock)
        first = answered(cache, source)
        clock.advance(10)
        store.set(RENEWED, clock(), 60)
        assert cache.answers.fresh("key") is None
        assert answered(cache, source).head == first.head
        refresh(cache, source, "a", clock())
        assert answered(cache, source).made == clock()
        assert cache.answers.fresh("key") is not None


@needs_redis
def test_an_outage_is_bridged_after_answers_have_left_redis(source: Source, clock: Clock) -> None:
    """A worker that has seen nothing itself makes them again from what was received, kept for a day."""
    with RedisServer() as server, server.client() as client, ThreadPoolExecutor(4) as pool:
        one, other = (
            Cache.over(Store(MemoryCache(), RedisCache(client)), pool, clock=clock) for _ in range(2)
        )
        TestAnswers.ask(one, source, clock)
        assert client.ttl("answer:key") <= ANSWER_SHARED
        assert client.ttl("a") > 86_000

        client.delete("answer:key")
        source.fails = True
        clock.advance(4 * 3600)
        told = TestAnswers.ask(other, source, clock)

    assert told["data"] == 1
    assert told["meta"]["ageSeconds"] == 4 * 3600
