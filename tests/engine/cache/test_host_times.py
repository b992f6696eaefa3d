"""Times that the clocks of other hosts wrote are corrected."""

import pytest

from engine.cache.answers import Answer, Validity
from engine.cache.entries import Entry
from engine.cache.host_times import corrected, made_at
from engine.market.candles.bad_markets import Pause
from engine.upstream import OpenState

NOW = 1_795_365_000.0


@pytest.mark.parametrize(
    ("said", "stored", "made"),
    [
        (-10.0, 0.0, -10.0),
        (-10.0, 9.0, -10.0),
        (1.5, 0.0, 1.5),
        (300.0, 0.0, 0.0),
        (300.0, 40.0, -40.0),
        (-10.0, 310.0, -310.0),
        (-500.0, 310.0, -500.0),
    ],
)
def test_a_value_is_at_least_as_old_as_it_has_been_stored(said: float, stored: float, made: float) -> None:
    """A stored time never lies in the future, and the clocks of hosts may differ by two seconds."""
    assert made_at(NOW + said, NOW, stored) == NOW + made


@pytest.mark.parametrize("ahead", [2.5, 300.0, 10**9])
def test_a_value_with_a_time_in_the_future_is_due_at_once(ahead: float) -> None:
    """A value with a time in the future is due at once, even if this host's own clock was set back."""
    entry: Entry = Entry({}, NOW + ahead, 30.0, again=NOW + ahead + 30)
    answer = Answer.with_body({}, {}, Validity(made=NOW + ahead, lifetime=30.0))

    assert entry.due(NOW)
    assert answer.stale(NOW)
    assert corrected(entry, NOW, 7.0).due(NOW)
    assert corrected(entry, NOW, 7.0).age(NOW) == 7.0
    assert corrected(answer, NOW, 7.0).stale(NOW)
    assert b'"stale":true,"ageSeconds":7.0' in corrected(answer, NOW, 7.0).body(NOW)


def test_a_small_difference_between_clocks_is_ignored() -> None:
    """A host accepts a value that another one has just stored."""
    entry: Entry = Entry({}, NOW + 1.9, 30.0)
    answer = Answer.with_body({}, {}, Validity(made=NOW + 1.9, lifetime=30.0))

    assert not entry.due(NOW)
    assert not answer.stale(NOW)
    assert corrected(entry, NOW, 0.0) is entry
    assert corrected(answer, NOW, 0.0) is answer


def test_no_pause_is_longer_than_intended() -> None:
    """The end of a pause that a fast clock wrote is limited by the length of the pause."""
    assert OpenState(NOW + 330, "Circuit open").within(NOW + 32).until == NOW + 32
    assert OpenState(NOW + 30, "Circuit open").within(NOW + 32).until == NOW + 30
    assert Pause(NOW + 330, 30.0).within(NOW).until == NOW
    assert Pause(NOW + 30, 30.0).within(NOW).until == NOW + 30
