"""The table of cases: the decision for a key follows from its cached state and the time."""

import pytest
from msgspec.structs import replace

from engine.cache.decision import FAILURE_REMEMBERED, OUTAGE, Action, CachedState, Failed, arrived, decide
from engine.cache.entries import Entry
from engine.errors import AllProvidersFailed
from providers import Unavailable

NOW = 1_000_000.0
LIFETIME = 30.0
ERROR = AllProvidersFailed.of({"binance": Unavailable(reason="Timeout")})


def made(age: float) -> Entry:
    """Return an entry of `age` seconds that is fresh for 30 s."""
    return Entry("value", NOW - age, LIFETIME)


def failed(age: float) -> Failed:
    """Return a failure of `age` seconds ago."""
    return Failed.of(NOW - age, ERROR)


FRESH, STALE, OLD = made(29.9), made(59.9), made(60)
"""Entries within their lifetime, within two, and beyond."""
JUST, LATELY, LONG_AGO = failed(FAILURE_REMEMBERED - 0.1), failed(FAILURE_REMEMBERED), failed(OUTAGE)


@pytest.mark.parametrize(
    ("kept", "action", "serves", "fails"),
    [
        (CachedState(), Action.FETCH, False, False),
        (CachedState(FRESH), Action.SERVE, True, False),
        (CachedState(STALE), Action.REFRESH_BEHIND, True, False),
        (CachedState(OLD), Action.FETCH, True, False),
        (CachedState(failure=JUST), Action.FAIL, False, True),
        (CachedState(FRESH, JUST), Action.SERVE, True, False),
        (CachedState(STALE, JUST), Action.SERVE, True, True),
        (CachedState(OLD, JUST), Action.SERVE, True, True),
        (CachedState(failure=LATELY), Action.FETCH, False, False),
        (CachedState(STALE, LATELY), Action.REFRESH_BEHIND, True, False),
        (CachedState(OLD, LATELY), Action.REFRESH_BEHIND, True, False),
        (CachedState(failure=LONG_AGO), Action.FETCH, False, False),
        (CachedState(OLD, LONG_AGO), Action.FETCH, True, False),
        (CachedState(FRESH, must_refresh=True), Action.SERVE, True, False),
        (CachedState(STALE, must_refresh=True), Action.FETCH, True, False),
        (CachedState(STALE, LATELY, must_refresh=True), Action.REFRESH_BEHIND, True, False),
        (CachedState(FRESH).refused(NOW), Action.FETCH, False, False),
        (CachedState(FRESH, JUST).refused(NOW), Action.FAIL, False, True),
        (CachedState(FRESH).since(NOW - 29.9), Action.SERVE, True, False),
        (CachedState(FRESH).since(NOW), Action.FETCH, False, False),
        (CachedState(replace(OLD, again=NOW + 1)), Action.SERVE, True, False),
        (CachedState(made(-60)), Action.REFRESH_BEHIND, True, False),
    ],
)
def test_each_case_has_its_action(kept: CachedState, action: Action, serves: bool, fails: bool) -> None:
    """Each state has one action, with the entry to serve and the error of the last fetch."""
    decision = decide(kept, NOW)

    assert decision.action is action
    assert decision.entry is (kept.entry if serves else None)
    assert (decision.error is not None) == fails


def test_each_caller_gets_a_new_error() -> None:
    """Each caller gets a new error, so that the remembered failure keeps no frames of callers."""
    one, other = (decide(CachedState(failure=JUST), NOW).error for _ in range(2))

    assert one is not other
    assert one is not ERROR


@pytest.mark.parametrize(
    ("age", "not_before", "since", "serves"),
    [
        (10, 0, NOW, True),
        (31, 0, NOW, False),
        (31, 0, NOW - 31, True),
        (10, NOW - 10, NOW, True),
        (10, NOW - 9, NOW, False),
        (10, CachedState(made(10)).refused(NOW - 5).not_before, NOW, False),
    ],
)
def test_the_entry_of_another_caller_serves_where_it_is_fresh_or_new(
    age: float, not_before: float, since: float, serves: bool
) -> None:
    """The entry of another caller is refused if the request needs a later one."""
    assert arrived(made(age), not_before, since, NOW) is serves
