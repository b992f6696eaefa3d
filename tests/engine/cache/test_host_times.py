"""Times that the clocks of other hosts wrote are corrected."""

from dataclasses import dataclass, field

import pytest

from engine.cache.answers import Answer, Validity
from engine.cache.cached_entries import CachedEntries
from engine.cache.decision import Action, arrived, decide
from engine.cache.entries import Entry
from engine.cache.host_times import HostTimes, corrected, made_at
from engine.errors import AllProvidersFailed
from engine.market.candles.bad_markets import Pause
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.upstream import OpenState
from engine.upstream._circuit import Circuit
from providers import RateLimited
from tests.clock import Clock

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


@dataclass
class Host:
    """A host whose clock can be set, unlike its timer."""

    clock: Clock = field(default_factory=Clock)
    timer: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        """Build a store in memory."""
        memory = MemoryCache(clock=self.timer)
        self.store = Store(memory, clock=self.timer)
        self.kept = CachedEntries(self.store, HostTimes(self.store, self.clock), self.clock, {})

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)
        self.timer.advance(seconds)


def test_what_this_host_kept_before_its_clock_was_set_back_is_as_old_as_it_is() -> None:
    """Kept data is due and has its age, and a failure is over in time: no fetch waits for the old time."""
    host = Host()
    host.kept.keep({"a": Entry(1, made=host.clock(), lifetime=30.0)})
    host.kept.fail(["b"], AllProvidersFailed.of({}))
    host.pass_by(10.0)
    host.clock.advance(-7200.0)
    since = host.clock()
    entry, failure = host.kept.entry("a"), host.kept.failure("b")

    assert entry is not None
    assert failure is not None
    assert entry.age(since) == 10.0
    assert decide(host.kept.read("a"), since).action is Action.FETCH
    assert not arrived(entry, 0.0, since, since)
    assert failure.time == since - 10.0


def test_the_memory_of_a_worker_says_nothing_against_plausible_times() -> None:
    """A time in the past stays as it is, however long the value has been in this worker's memory."""
    host = Host()
    made = host.clock() - 100.0
    host.kept.keep({"a": Entry(1, made=made, lifetime=30.0)})
    host.timer.advance(500.0)
    entry = host.kept.entry("a")

    assert entry is not None
    assert entry.made == made


def test_an_open_circuit_ends_although_the_clock_was_set_back() -> None:
    """A provider rests for as long as it was to rest, and for no more than a minute longer."""
    host = Host()
    circuit = Circuit("kraken", host.store, host.clock)
    with pytest.raises(RateLimited):
        circuit.call(fail)
    opened, now = circuit.open_state, host.clock()
    host.clock.advance(-7200.0)
    bounded = circuit.open_state

    assert opened is not None
    assert bounded is not None
    assert opened.until == now + 60.0
    assert bounded.until == host.clock() + 120.0
    host.pass_by(121.0)
    assert circuit.trial_is_due


def fail() -> None:
    """Fail as a provider that limits its rate."""
    raise RateLimited(retry_after=60.0)
