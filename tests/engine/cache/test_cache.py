"""What is fresh is given, what is old is replaced, and what cannot be replaced is better than nothing."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cachelib import RedisCache

from engine.cache import ANSWER_SHARED, Entries, Entry, Freshness
from engine.cache.answers import Answer
from engine.cache.entries import RENEWED, made_since
from engine.errors import AllProvidersFailed
from engine.store import Store
from engine.store.memory import Shelf
from providers import Unavailable
from tests.clock import Clock
from tests.redis_server import RedisServer, needs_redis
from tests.waiting import eventually


class Kitchen:
    """Makes entries that are fresh for 30 s, counts them by key, and can be closed."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.made: list[str] = []
        self.tried = 0
        self.closed = False

    def __call__(self, keys: list[str]) -> Entries:
        self.tried += 1
        if self.closed:
            raise AllProvidersFailed.of({"binance": Unavailable(reason="Timeout")})
        self.made += keys
        return {key: Entry(self.made.count(key), self.clock(), 30) for key in keys}


@pytest.fixture
def clock() -> Clock:
    """Time that stands still."""
    return Clock()


@pytest.fixture
def kitchen(clock: Clock) -> Kitchen:
    """Where entries are made."""
    return Kitchen(clock)


@pytest.fixture
def freshness(clock: Clock) -> Iterator[Freshness]:
    """A shelf."""
    with ThreadPoolExecutor(4) as pool:
        yield Freshness(Store(Shelf()), pool, clock=clock)


def values(entries: Entries) -> dict[str, Any]:
    """The values by key."""
    return {key: entry.value for key, entry in entries.items()}


def test_fresh_entries_are_given_again(freshness: Freshness, kitchen: Kitchen, clock: Clock) -> None:
    """Until their time is over nothing is made anew."""
    freshness.obtain(["a"], kitchen)
    clock.advance(29.9)

    assert values(freshness.obtain(["a"], kitchen)) == {"a": 1}
    assert kitchen.made == ["a"]


def test_only_what_is_missing_is_made(freshness: Freshness, kitchen: Kitchen) -> None:
    """What is kept of one serves any set it is in."""
    freshness.obtain(["a"], kitchen)

    assert values(freshness.obtain(["b", "a"], kitchen)) == {"b": 1, "a": 1}
    assert kitchen.made == ["a", "b"]


def test_a_stale_entry_is_given_at_once_while_one_refresh_runs_behind_it(
    freshness: Freshness, kitchen: Kitchen, clock: Clock
) -> None:
    """For one more lifetime nobody waits."""
    freshness.obtain(["a"], kitchen)
    clock.advance(59)

    assert values(freshness.obtain(["a"], kitchen)) == {"a": 1}
    eventually(lambda: values(freshness.obtain(["a"], kitchen)) == {"a": 2})
    assert kitchen.made == ["a", "a"]


def test_what_is_old_and_has_outlived_its_purpose_is_waited_for(
    freshness: Freshness, kitchen: Kitchen, clock: Clock
) -> None:
    """And given all the same where nobody has anything newer."""
    freshness.obtain(["a"], kitchen)
    clock.advance(31)
    assert values(freshness.obtain(["a"], kitchen, outlived=lambda entry: entry.value == 1)) == {"a": 2}

    clock.advance(31)
    kitchen.closed = True
    assert values(freshness.obtain(["a"], kitchen, outlived=lambda entry: True)) == {"a": 2}


def test_after_two_lifetimes_a_new_one_is_waited_for(
    freshness: Freshness, kitchen: Kitchen, clock: Clock
) -> None:
    """Too old to be given while somebody may have better."""
    freshness.obtain(["a"], kitchen)
    clock.advance(60)

    assert values(freshness.obtain(["a"], kitchen)) == {"a": 2}


def test_what_is_old_is_better_than_nothing(freshness: Freshness, kitchen: Kitchen, clock: Clock) -> None:
    """Where nothing new can be had the old one is given, for a day."""
    freshness.obtain(["a"], kitchen)
    kitchen.closed = True
    clock.advance(86_399)
    assert values(freshness.obtain(["a"], kitchen)) == {"a": 1}

    clock.advance(6)
    with pytest.raises(AllProvidersFailed):
        freshness.obtain(["a"], kitchen)


def test_in_an_outage_nobody_waits(freshness: Freshness, kitchen: Kitchen, clock: Clock) -> None:
    """Once a making has failed, what is old is given at once, and another try runs behind it."""
    freshness.obtain(["a"], kitchen)
    kitchen.closed = True
    clock.advance(3600)
    freshness.obtain(["a"], kitchen)
    clock.advance(6)
    caller = threading.get_ident()
    kitchen.closed = False

    def make(keys: list[str]) -> Entries:
        assert threading.get_ident() != caller
        return kitchen(keys)

    assert values(freshness.obtain(["a"], make)) == {"a": 1}
    eventually(lambda: values(freshness.obtain(["a"], make)) == {"a": 2})


def test_a_failure_is_remembered_for_five_seconds(
    freshness: Freshness, kitchen: Kitchen, clock: Clock
) -> None:
    """An outage is no storm: the reasons are told again without asking anybody."""
    kitchen.closed = True
    for _ in range(10):
        with pytest.raises(AllProvidersFailed) as caught:
            freshness.obtain(["a"], kitchen)
    assert caught.value.details == {"binance": "Timeout"}
    assert kitchen.tried == 1

    clock.advance(5)
    kitchen.closed = False
    assert values(freshness.obtain(["a"], kitchen)) == {"a": 1}


def test_what_is_not_good_enough_is_made_anew(freshness: Freshness, kitchen: Kitchen) -> None:
    """However fresh it is."""
    freshness.obtain(["a"], kitchen)

    assert values(freshness.obtain(["a"], kitchen, lambda entry: entry.value > 1)) == {"a": 2}


def test_some_is_better_than_none(freshness: Freshness, kitchen: Kitchen) -> None:
    """Where one cannot be had the others are given without it."""
    freshness.obtain(["a"], kitchen)
    kitchen.closed = True

    assert values(freshness.obtain(["a", "b"], kitchen)) == {"a": 1}


def test_many_who_want_the_same_share_one_making(freshness: Freshness, clock: Clock) -> None:
    """Whoever comes while it is made waits for it, and makes only what else is missing."""
    started, go_on = threading.Event(), threading.Event()
    made: list[str] = []

    def slow(keys: list[str]) -> Entries:
        made.extend(keys)
        started.set()
        go_on.wait(10)
        return {key: Entry(key, clock(), 30) for key in keys}

    with ThreadPoolExecutor(10) as pool:
        first = pool.submit(freshness.obtain, ["a", "b"], slow)
        started.wait(10)
        others = [pool.submit(freshness.obtain, ["a", "b", "c"], slow) for _ in range(9)]
        go_on.set()

        assert values(first.result()) == {"a": "a", "b": "b"}
        assert all(set(other.result()) == {"a", "b", "c"} for other in others)
    assert sorted(made) == ["a", "b", "c"]


def test_a_fault_of_ours_in_the_background_is_logged(
    freshness: Freshness, kitchen: Kitchen, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for it, so nobody else would tell."""

    def broken(keys: list[str]) -> Entries:
        raise ZeroDivisionError

    freshness.obtain(["a"], kitchen)
    clock.advance(31)
    freshness.obtain(["a"], broken)

    eventually(lambda: "unforeseen failure in the background" in caplog.text)


class TestAnswers:
    """The bytes that are built from entries."""

    @staticmethod
    def ask(freshness: Freshness, kitchen: Kitchen, clock: Clock) -> Any:
        """What a client reads."""

        def build(entries: Entries, made: float, lifetime: float) -> Answer:
            return Answer.of({"data": entries["a"].value}, {"quote": "USDT"}, made, lifetime)

        answer = freshness.answer("key", lambda: freshness.obtain(["a"], kitchen), build)
        return json.loads(answer.body(clock()))

    def test_an_answer_tells_its_age(self, freshness: Freshness, kitchen: Kitchen, clock: Clock) -> None:
        """With every hit, and to a tenth of a second."""
        self.ask(freshness, kitchen, clock)
        clock.advance(29.5)

        assert self.ask(freshness, kitchen, clock) == {
            "success": True,
            "data": 1,
            "meta": {"stale": False, "ageSeconds": 29.5, "quote": "USDT"},
        }
        assert freshness.hit_rate == 0.5

    def test_an_old_answer_says_that_it_is_old(
        self, freshness: Freshness, kitchen: Kitchen, clock: Clock
    ) -> None:
        """Its age grows as long as nothing new can be had."""
        self.ask(freshness, kitchen, clock)
        kitchen.closed = True
        ages = []
        for _ in range(3):
            clock.advance(100)
            told = self.ask(freshness, kitchen, clock)
            assert told["meta"]["stale"] is True
            ages.append(told["meta"]["ageSeconds"])

        assert ages == [100, 200, 300]

    def test_an_answer_without_further_meta_is_json_as_well(self, clock: Clock) -> None:
        """The cut through `meta` holds where it has no other member."""
        told = json.loads(Answer.of({}, {}, clock(), 30).body(clock()))

        assert told["meta"] == {"stale": False, "ageSeconds": 0}


def test_an_old_failure_does_not_hide_that_all_is_well_again(
    freshness: Freshness, kitchen: Kitchen, clock: Clock
) -> None:
    """Hours later what is old is not given for it: somebody is asked."""
    freshness.obtain(["a"], kitchen)
    kitchen.closed = True
    clock.advance(100)
    freshness.obtain(["a"], kitchen)
    kitchen.closed = False
    clock.advance(20 * 3600)

    assert values(freshness.obtain(["a"], kitchen)) == {"a": 2}


def test_a_failure_that_is_told_again_does_not_grow(freshness: Freshness, kitchen: Kitchen) -> None:
    """However many clients are told, what is remembered keeps no frames of theirs."""
    kitchen.closed = True
    told = []
    for _ in range(3):
        with pytest.raises(AllProvidersFailed) as caught:
            freshness.obtain(["a"], kitchen)
        told.append(caught.value)

    assert len({id(error) for error in told}) == 3
    failed = freshness._flights.failure("a")
    assert failed is not None
    assert failed.error.__traceback__ is None


def test_a_refresh_makes_what_is_not_fresh(freshness: Freshness, kitchen: Kitchen, clock: Clock) -> None:
    """And, where it is to be newer than it is, what is fresh as well."""
    freshness.refresh(["a"], kitchen)
    clock.advance(10)
    freshness.refresh(["a"], kitchen)
    assert kitchen.made == ["a"]
    freshness.refresh(["a"], kitchen, made_since(clock()))

    assert kitchen.made == ["a", "a"]


def test_an_answer_from_before_a_refresh_is_looked_at_again(kitchen: Kitchen, clock: Clock) -> None:
    """It is built anew where its parts were made anew, and stays what it is where they were not."""
    store = Store(Shelf())
    with ThreadPoolExecutor(1) as pool:
        freshness = Freshness(store, pool, clock=clock)

        def ask() -> Answer:
            return freshness.answer(
                "numbers",
                lambda: freshness.obtain(["a"], kitchen),
                lambda entries, made, lifetime: Answer.of(values(entries), {}, made, lifetime),
            )

        first = ask()
        clock.advance(10)
        store.set(RENEWED, clock(), 60)
        assert freshness.fresh("numbers") is None
        assert ask().head == first.head
        freshness.refresh(["a"], kitchen, made_since(clock()))
        assert ask().made == clock()
        assert freshness.fresh("numbers") is not None


@needs_redis
def test_an_outage_is_bridged_after_answers_have_left_redis(kitchen: Kitchen, clock: Clock) -> None:
    """A worker that has seen nothing itself makes them again from what was received, kept for a day."""
    with RedisServer() as server, server.client() as client, ThreadPoolExecutor(4) as pool:
        one, other = (Freshness(Store(Shelf(), RedisCache(client)), pool, clock=clock) for _ in range(2))
        TestAnswers.ask(one, kitchen, clock)
        assert client.ttl("answer:key") <= ANSWER_SHARED
        assert client.ttl("a") > 86_000

        client.delete("answer:key")
        kitchen.closed = True
        clock.advance(4 * 3600)
        told = TestAnswers.ask(other, kitchen, clock)

    assert told["data"] == 1
    assert told["meta"]["ageSeconds"] == 4 * 3600
