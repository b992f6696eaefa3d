"""Calls to several providers, in parallel or one after the other."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from engine.telemetry.logs import formatter
from engine.upstream.fan_out import Ask, errors, first_acceptable, gather
from providers import BadData, Unavailable


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Yield enough threads for every test."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture
def forever() -> Iterator[Callable[[], int]]:
    """Block until the test ends."""
    over = threading.Event()
    yield lambda: int(over.wait(30))
    over.set()


class AtOnce(Executor):
    """A pool whose calls end before their result is read, with their number."""

    def __init__(self, pool: Executor | None = None) -> None:
        self.begun = 0
        self._pool = pool

    def submit(self, call: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """Run the call in this thread, or in the pool if there is one."""
        self.begun += 1
        if self._pool:
            return self._pool.submit(call, *given, **named)
        done: Future[Any] = Future()
        done.set_result(call(*given, **named))
        return done


def fails() -> int:
    """Fail at once."""
    raise BadData("nonsense")


def words(outcomes: list[object]) -> list[object]:
    """Return each provider with its value or the reason."""
    return [
        (outcome.provider, outcome.error.reason if outcome.error else outcome.value)  # type: ignore[attr-defined]
        for outcome in outcomes
    ]


def test_gather_asks_all_and_waits_until_the_deadline(
    pool: ThreadPoolExecutor, forever: Callable[[], int]
) -> None:
    """Values, failures and timeouts are outcomes in the order of the calls."""
    at_once = AtOnce()
    outcomes = gather([Ask("a", lambda: 1, at_once), Ask("b", forever, pool), Ask("c", fails, at_once)], 0.05)

    assert words([*outcomes]) == [("a", 1), ("b", "Timeout"), ("c", "Bad data")]
    assert set(errors(outcomes)) == {"b", "c"}


def test_the_first_good_answer_ends_the_asking(pool: ThreadPoolExecutor) -> None:
    """The first acceptable answer prevents further calls."""
    asked: list[str] = []

    def notes() -> int:
        asked.append("b")
        return 2

    asks = [Ask("a", lambda: 1, pool), Ask("b", notes, pool)]

    assert words([*first_acceptable(asks, 5, bool)]) == [("a", 1)]
    assert asked == []


def test_a_failure_moves_on_at_once(pool: ThreadPoolExecutor) -> None:
    """After a failure, the next provider is asked without waiting."""
    outcomes = first_acceptable([Ask("a", fails, pool, 60), Ask("b", lambda: 2, pool, 60)], 30, bool)

    assert words([*outcomes]) == [("a", "Bad data"), ("b", 2)]


def test_an_answer_that_is_not_good_enough_is_kept_while_others_are_asked(pool: ThreadPoolExecutor) -> None:
    """An unacceptable answer stays among the outcomes, in case no other provider has a better one."""
    outcomes = first_acceptable(
        [Ask("a", lambda: 3, pool), Ask("b", lambda: 2, pool)], 5, lambda value: value > 10
    )

    assert words([*outcomes]) == [("a", 3), ("b", 2)]


def test_silence_has_the_next_one_asked_as_well(pool: ThreadPoolExecutor, forever: Callable[[], int]) -> None:
    """A provider that is slow is raced by the next one, and the first acceptable answer of any wins."""
    outcomes = first_acceptable([Ask("a", forever, pool, 0.01), Ask("b", lambda: 2, pool, 5)], 30, bool)

    assert words([*outcomes]) == [("b", 2)]


def test_a_slow_answer_may_still_win(pool: ThreadPoolExecutor) -> None:
    """A slow answer still wins if it arrives before that of the next provider."""
    second_asked = threading.Event()

    def slow() -> int:
        second_asked.wait(10)
        return 1

    def fails_after() -> int:
        second_asked.set()
        raise Unavailable(reason="HTTP 500")

    outcomes = first_acceptable([Ask("a", slow, pool, 0.01), Ask("b", fails_after, pool)], 30, bool)

    assert ("a", 1) in words([*outcomes])
    assert outcomes[-1].value == 1 or outcomes[-1].provider == "b"


def test_a_call_without_an_answer_has_timed_out(pool: ThreadPoolExecutor, forever: Callable[[], int]) -> None:
    """Calls without an answer at the deadline have timed out."""
    counting = AtOnce(pool)
    asks = [Ask("a", forever, counting, 0.0), Ask("b", forever, counting, 0.0)]
    outcomes = first_acceptable(asks, 30, bool, clock=lambda: 31.0 if counting.begun == 2 else 0.0)

    assert words([*outcomes]) == [("a", "Timeout"), ("b", "Timeout")]


WHAT_IT_SAYS = "https://api.example.com/v1?api_key=SECRET"


@pytest.mark.parametrize(
    "kind", [RuntimeError, RecursionError, AssertionError, MemoryError, KeyError, StopIteration]
)
@pytest.mark.parametrize("together", [True, False], ids=["at once", "one after the other"])
def test_an_unforeseen_failure_is_that_provider_s_alone(
    pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture, kind: type[Exception], together: bool
) -> None:
    """An unforeseen error affects only its provider, and is logged once with its trace, without its text."""

    def broken() -> int:
        try:
            raise ValueError(WHAT_IT_SAYS)
        except ValueError as error:
            raise kind(WHAT_IT_SAYS) from error

    asks = [Ask("a", broken, pool), Ask("b", lambda: 2, pool)]
    outcomes = gather(asks, 5) if together else first_acceptable(asks, 5, bool)

    assert words([*outcomes]) == [("a", "Bad data"), ("b", 2)]
    assert outcomes[0].error is not None
    assert outcomes[0].error.__traceback__ is None
    assert outcomes[0].error.__context__ is None
    (record,) = caplog.records
    assert record.getMessage() == "unforeseen failure of a"
    for written in ("text", "json"):
        line = formatter(written).format(record)
        assert all(word in line for word in ("Traceback", "in broken", kind.__name__, "ValueError"))
        assert not any(word in line for word in ("SECRET", "example.com"))


def test_late_failures_are_logged_too(pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture) -> None:
    """The log is the only place for failures after the answer."""

    def broken() -> int:
        raise RuntimeError

    assert Ask("a", broken, pool).start().result().error is not None
    assert "unforeseen failure of a" in caplog.text
