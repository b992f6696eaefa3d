"""Fresh entries are served, and stale ones are refreshed, or served if the refresh fails."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cachelib import RedisCache
from msgspec.structs import replace

from engine.cache import ANSWER_SHARED, Answer, Cache, Entries, Entry, Validity
from engine.cache.decision import CachedState
from engine.cache.entries import RENEWED
from engine.cache.single_flight import Fetch
from engine.errors import AllProvidersFailed
from engine.store import Store
from engine.store.memory import MemoryCache
from providers import Unavailable
from tests.clock import Clock
from tests.redis_server import RedisServer, needs_redis
from tests.waiting import eventually

SECONDS = 0.5
"""Seconds in which the source answers."""


class Source:
    """A source that returns entries which are fresh for 30 s, counts its fetches by key, and can fail."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.fetched: list[str] = []
        self.tried = 0
        self.fails = False

    def __call__(self, keys: list[str]) -> Entries:
        """Return an entry for each key, or fail."""
        self.tried += 1
        if self.fails:
            raise AllProvidersFailed.of({"binance": Unavailable(reason="Timeout")})
        self.fetched += keys
        return {key: Entry(self.fetched.count(key), self.clock(), 30) for key in keys}


@pytest.fixture
def clock() -> Clock:
    """Return a clock that a test sets."""
    return Clock()


@pytest.fixture
def source(clock: Clock) -> Source:
    """Return a source of entries."""
    return Source(clock)


@pytest.fixture
def cache(clock: Clock) -> Iterator[Cache]:
    """Return an empty cache."""
    with ThreadPoolExecutor(4) as pool:
        yield Cache.over(Store(MemoryCache()), pool, clock=clock)


def obtain(cache: Cache, fetch: Fetch, *keys: str) -> dict[str, Any]:
    """Return the values by key, for a request that any entry serves."""
    return values(cache.data.obtain(cache.data.read(*keys), fetch, SECONDS))


def refresh(cache: Cache, fetch: Fetch, key: str, since: float = 0.0) -> None:
    """Refresh a key that is not fresh, or was made before `since`."""
    cache.data.refresh({name: kept.since(since) for name, kept in cache.data.read(key).items()}, fetch)


def values(entries: Entries) -> dict[str, Any]:
    """Return the values by key."""
    return {key: entry.value for key, entry in entries.items()}


def test_fresh_entries_are_served_again(cache: Cache, source: Source, clock: Clock) -> None:
    """An entry is fetched again only after the end of its lifetime."""
    obtain(cache, source, "a")
    clock.advance(29.9)

    assert obtain(cache, source, "a") == {"a": 1}
    assert source.fetched == ["a"]


def test_only_missing_entries_are_fetched(cache: Cache, source: Source) -> None:
    """A cached entry serves every request that contains its key."""
    obtain(cache, source, "a")

    assert obtain(cache, source, "b", "a") == {"b": 1, "a": 1}
    assert source.fetched == ["a", "b"]


def test_a_stale_entry_is_served_while_one_refresh_runs_behind(
    cache: Cache, source: Source, clock: Clock
) -> None:
    """For one more lifetime, a stale entry is served at once while one refresh runs in the background."""
    obtain(cache, source, "a")
    clock.advance(59)

    assert obtain(cache, source, "a") == {"a": 1}
    eventually(lambda: obtain(cache, source, "a") == {"a": 2})
    assert source.fetched == ["a", "a"]


def must_refresh(cache: Cache) -> dict[str, CachedState]:
    """Return the cached state for a request that needs a refresh before a stale value."""
    return {key: replace(kept, must_refresh=True) for key, kept in cache.data.read("a").items()}


def test_a_caller_that_needs_a_refresh_waits_for_it(cache: Cache, source: Source, clock: Clock) -> None:
    """A request that needs a refresh waits for it, and gets the stale value if the refresh fails."""
    obtain(cache, source, "a")
    clock.advance(31)
    assert values(cache.data.obtain(must_refresh(cache), source, SECONDS)) == {"a": 2}

    clock.advance(31)
    source.fails = True
    assert values(cache.data.obtain(must_refresh(cache), source, SECONDS)) == {"a": 2}


def test_after_two_lifetimes_callers_wait_for_a_new_entry(cache: Cache, source: Source, clock: Clock) -> None:
    """An entry older than two lifetimes is served only if the fetch fails."""
    obtain(cache, source, "a")
    clock.advance(60)

    assert obtain(cache, source, "a") == {"a": 2}


def test_a_stale_entry_is_served_if_the_fetch_fails(cache: Cache, source: Source, clock: Clock) -> None:
    """A stale entry is served for a day after it was received while fetches fail."""
    obtain(cache, source, "a")
    source.fails = True
    clock.advance(86_399)
    assert obtain(cache, source, "a") == {"a": 1}

    clock.advance(6)
    with pytest.raises(AllProvidersFailed):
        obtain(cache, source, "a")


def test_in_an_outage_callers_do_not_wait(cache: Cache, source: Source, clock: Clock) -> None:
    """After a failed fetch, the stale entry is served at once, and the next fetch runs behind."""
    obtain(cache, source, "a")
    source.fails = True
    clock.advance(3600)
    obtain(cache, source, "a")
    clock.advance(6)
    caller = threading.get_ident()
    source.fails = False

    def fetch(keys: list[str]) -> Entries:
        assert threading.get_ident() != caller
        return source(keys)

    assert obtain(cache, fetch, "a") == {"a": 1}
    eventually(lambda: obtain(cache, fetch, "a") == {"a": 2})


def test_a_failure_is_remembered_for_five_seconds(cache: Cache, source: Source, clock: Clock) -> None:
    """For five seconds after a failure, callers get the same reasons without a call to a provider."""
    source.fails = True
    for _ in range(10):
        with pytest.raises(AllProvidersFailed) as caught:
            obtain(cache, source, "a")
    assert caught.value.details == {"binance": "Timeout"}
    assert source.tried == 1

    clock.advance(5)
    source.fails = False
    assert obtain(cache, source, "a") == {"a": 1}


def test_a_refused_entry_is_fetched_again(cache: Cache, source: Source) -> None:
    """An entry that the request refuses is fetched again, even while it is fresh."""
    obtain(cache, source, "a")

    refused = {key: cache.data.refused(key, kept) for key, kept in cache.data.read("a").items()}

    assert values(cache.data.obtain(refused, source, SECONDS)) == {"a": 2}


def test_entries_are_served_without_those_that_failed(cache: Cache, source: Source) -> None:
    """A key whose fetch failed is left out."""
    obtain(cache, source, "a")
    source.fails = True

    assert obtain(cache, source, "a", "b") == {"a": 1}


def test_many_callers_share_one_fetch(cache: Cache, clock: Clock) -> None:
    """Callers wait for a running fetch, and fetch only the other missing keys."""
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


def test_an_internal_error_in_the_background_is_logged(
    cache: Cache, source: Source, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """The log is the only place for an error in the background, because no caller waits for the result."""

    def broken(keys: list[str]) -> Entries:
        raise ZeroDivisionError

    obtain(cache, source, "a")
    clock.advance(31)
    obtain(cache, broken, "a")

    eventually(lambda: "unforeseen failure in the background" in caplog.text)


def answered(cache: Cache, source: Source) -> Answer:
    """Return an answer as the use cases do."""
    ready = cache.answers.look("key")
    if ready.fresh is not None:
        return ready.fresh
    try:
        entries = cache.data.obtain(cache.data.read("a"), source, SECONDS)
    except AllProvidersFailed as failed:
        return cache.answers.last(ready, failed)
    validity = Validity.of(entries.values(), ready.asked)
    answer = Answer.with_body({"data": entries["a"].value}, {"quote": "USDT"}, validity)
    return cache.answers.built(ready, validity) or cache.answers.keep(ready, answer)


class TestAnswers:
    """Tests of the bytes that are built from entries."""

    @staticmethod
    def ask(cache: Cache, source: Source, clock: Clock) -> Any:
        """Return the content that a client reads."""
        return json.loads(answered(cache, source).body(clock()))

    def test_an_answer_has_its_age(self, cache: Cache, source: Source, clock: Clock) -> None:
        """Each hit has the current age of its entry, to a tenth of a second."""
        self.ask(cache, source, clock)
        clock.advance(29.5)

        assert self.ask(cache, source, clock) == {
            "success": True,
            "data": 1,
            "meta": {"stale": False, "ageSeconds": 29.5, "quote": "USDT"},
        }
        assert cache.answers.hit_rate == 0.5

    def test_a_stale_answer_says_that_it_is_stale(self, cache: Cache, source: Source, clock: Clock) -> None:
        """A stale answer is marked as stale, and its age grows while fetches fail."""
        self.ask(cache, source, clock)
        source.fails = True
        ages = []
        for _ in range(3):
            clock.advance(100)
            content = self.ask(cache, source, clock)
            assert content["meta"]["stale"] is True
            ages.append(content["meta"]["ageSeconds"])

        assert ages == [100, 200, 300]

    def test_an_answer_without_further_meta_is_json_as_well(self, clock: Clock) -> None:
        """`meta` is valid JSON if the age is its only member."""
        content = json.loads(Answer.with_body({}, {}, Validity(made=clock(), lifetime=30)).body(clock()))

        assert content["meta"] == {"stale": False, "ageSeconds": 0}


def test_a_failure_of_hours_ago_does_not_prevent_a_fetch(cache: Cache, source: Source, clock: Clock) -> None:
    """Hours after a failure, the caller waits for a fetch and gets the new entry."""
    obtain(cache, source, "a")
    source.fails = True
    clock.advance(100)
    obtain(cache, source, "a")
    source.fails = False
    clock.advance(20 * 3600)

    assert obtain(cache, source, "a") == {"a": 2}


def test_a_remembered_failure_does_not_grow(cache: Cache, source: Source) -> None:
    """Each caller gets a new error, so that the remembered failure keeps no frames."""
    source.fails = True
    errors = []
    for _ in range(3):
        with pytest.raises(AllProvidersFailed) as caught:
            obtain(cache, source, "a")
        errors.append(caught.value)

    assert len({id(error) for error in errors}) == 3
    failed = cache.data.read("a")["a"].failure
    assert failed is not None
    assert failed.error.__traceback__ is None


def test_a_refresh_fetches_stale_entries(cache: Cache, source: Source, clock: Clock) -> None:
    """A refresh fetches stale entries, and fresh entries that are older than the given time."""
    refresh(cache, source, "a")
    clock.advance(10)
    refresh(cache, source, "a")
    assert source.fetched == ["a"]
    refresh(cache, source, "a", clock())

    assert source.fetched == ["a", "a"]


def test_an_answer_from_before_a_refresh_is_checked_again(source: Source, clock: Clock) -> None:
    """An answer from before a refresh is built again if its entries are new, and otherwise stays."""
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
def test_an_outage_is_bridged_after_answers_have_expired_in_redis(source: Source, clock: Clock) -> None:
    """Another worker builds expired answers again from entries, which Redis keeps for a day."""
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
        content = TestAnswers.ask(other, source, clock)

    assert content["data"] == 1
    assert content["meta"]["ageSeconds"] == 4 * 3600
