"""What is fresh is given, what is old is replaced, and what cannot be replaced is better than nothing."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cachelib import SimpleCache

from engine.errors import AllProvidersFailed
from engine.freshness import Answer, Freshness
from providers import Unavailable
from tests.clock import Clock


class Kitchen:
    """Makes answers, counts them, and can be closed."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.made = 0
        self.closed = False

    def __call__(self) -> Answer:
        if self.closed:
            raise AllProvidersFailed({"binance": Unavailable(reason="Timeout")})
        self.made += 1
        return Answer.of({"data": self.made}, {"quote": "USDT"}, self.clock(), 30)


@pytest.fixture
def clock() -> Clock:
    """Time that stands still."""
    return Clock()


@pytest.fixture
def kitchen(clock: Clock) -> Kitchen:
    """Where answers are made."""
    return Kitchen(clock)


@pytest.fixture
def freshness(clock: Clock) -> Freshness:
    """A shelf."""
    return Freshness(SimpleCache(), clock=clock)


def told(answer: Answer, clock: Clock) -> Any:
    """What the client reads."""
    return json.loads(answer.body(clock()))


def test_a_fresh_answer_is_given_again_with_its_age(
    freshness: Freshness, kitchen: Kitchen, clock: Clock
) -> None:
    """Until its time is over nothing is made anew, and the age tells the truth."""
    freshness.serve("key", kitchen)
    clock.advance(29.5)

    assert told(freshness.serve("key", kitchen), clock) == {
        "success": True,
        "data": 1,
        "meta": {"stale": False, "ageSeconds": 29.5, "quote": "USDT"},
    }
    assert kitchen.made == 1
    assert freshness.hit_rate == 0.5


def test_an_old_answer_is_replaced(freshness: Freshness, kitchen: Kitchen, clock: Clock) -> None:
    """From its time on a new one is made."""
    freshness.serve("key", kitchen)
    clock.advance(30)

    assert told(freshness.serve("key", kitchen), clock)["data"] == 2


def test_old_data_says_that_it_is_old(freshness: Freshness, kitchen: Kitchen, clock: Clock) -> None:
    """Where nothing new can be had the old answer is given, stale, with its growing age."""
    freshness.serve("key", kitchen)
    kitchen.closed = True
    clock.advance(100)

    assert told(freshness.serve("key", kitchen), clock)["meta"]["stale"] is True
    clock.advance(500)
    assert told(freshness.serve("key", kitchen), clock)["meta"]["ageSeconds"] == 600


def test_nothing_old_means_the_failure_itself(freshness: Freshness, kitchen: Kitchen) -> None:
    """With an empty shelf the reasons are raised, and nothing is kept of it."""
    kitchen.closed = True
    with pytest.raises(AllProvidersFailed):
        freshness.serve("key", kitchen)
    kitchen.closed = False

    assert freshness.serve("key", kitchen).made


def test_many_who_want_the_same_share_one_making(clock: Clock) -> None:
    """Whoever comes while an answer is made waits for it instead of having another made."""
    freshness = Freshness(SimpleCache(), clock=clock)
    started, go_on = threading.Event(), threading.Event()
    made: list[int] = []

    def slow() -> Answer:
        started.set()
        go_on.wait(10)
        made.append(1)
        return Answer.of({"data": 1}, {}, clock(), 30)

    with ThreadPoolExecutor(10) as pool:
        first = pool.submit(freshness.serve, "key", slow)
        started.wait(10)
        others = [pool.submit(freshness.serve, "key", slow) for _ in range(9)]
        go_on.set()
        answers = {future.result().head for future in [first, *others]}

    assert len(answers) == 1
    assert made == [1]


def test_an_answer_without_further_meta_is_json_as_well(clock: Clock) -> None:
    """The cut through `meta` holds where it has no other member."""
    assert told(Answer.of({}, {}, clock(), 30), clock)["meta"] == {"stale": False, "ageSeconds": 0}
