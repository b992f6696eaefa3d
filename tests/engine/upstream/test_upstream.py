"""Calls to one provider through its circuit, budget and statistics."""

from collections.abc import Iterator, Mapping

import pytest
import redis
from cachelib import RedisCache

from engine.store import PAUSE, Store
from engine.store.memory import MemoryCache
from engine.upstream import Upstream
from providers import (
    BadData,
    BadMarket,
    Blocked,
    Http,
    Provider,
    RateLimit,
    RateLimited,
    Unavailable,
    Unsupported,
)
from tests.clock import Clock
from tests.redis_server import needs_redis


class Plain(Provider):
    """A provider without a network."""

    name = "plain"
    base_urls = ("http://127.0.0.1:1",)
    rate_limit = RateLimit(1000, 60)

    def used(self, headers: Mapping[str, str]) -> int | None:
        """Return the number in the header."""
        return int(headers["Used"])


class Keyed(Plain):
    """A provider that needs a key."""

    name = "keyed"
    needs_key = True


class Frugal(Plain):
    """A provider that allows ten calls a minute."""

    name = "frugal"
    rate_limit = RateLimit(10, 60)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that tests advance."""
    return Clock()


@pytest.fixture
def store() -> Store:
    """Return the store that all workers share."""
    return Store(MemoryCache())


@pytest.fixture
def upstream(store: Store, clock: Clock) -> Upstream[Plain]:
    """Return an upstream without calls."""
    return Upstream(Plain(Http()), store, clock=clock)


def test_hosts_have_their_own_circuits(upstream: Upstream[Plain], store: Store, clock: Clock) -> None:
    """Each host has its own circuit and budget, and the provider's statistics count all of them."""
    one, other = upstream.host("one"), upstream.host("other")
    fail(one, Blocked())

    assert one.circuit.open_state
    assert upstream.circuit.open_state is other.circuit.open_state is None
    assert other.call(lambda: "well") == "well"
    assert one.budget.spent == other.budget.spent == 1
    assert one.pool is not other.pool
    assert (one.state, other.state, upstream.state) == ("blocked", "online", "degraded")
    assert one.statistics.outcomes == {"Region blocked": 1}
    assert upstream.statistics.outcomes == {"Region blocked": 1, "ok": 1}


def fail(upstream: Upstream[Provider], error: Exception, times: int = 1) -> None:
    """Let calls fail with `error`."""

    def ask() -> None:
        raise error

    for _ in range(times):
        with pytest.raises(type(error)):
            upstream.call(ask)


def reason(upstream: Upstream[Provider]) -> str | None:
    """Return why calls are refused, or `None` if they are not."""
    try:
        upstream.call(lambda: 7)
    except Unavailable as error:
        return error.reason
    return None


class TestStatistics:
    """Tests of what is known from calls."""

    def test_nothing_is_known_before_the_first_call(self, upstream: Upstream[Plain]) -> None:
        """Before the first call the state is unknown."""
        assert upstream.state == "unknown"
        assert upstream.statistics.checked is None
        assert upstream.statistics.latency is None

    def test_an_answer_makes_it_online(self, upstream: Upstream[Plain]) -> None:
        """A successful call is online, and its latency is remembered."""
        assert upstream.call(lambda: 7) == 7
        assert upstream.state == "online"
        assert upstream.statistics.latency is not None
        assert upstream.statistics.outcomes == {"ok": 1}

    def test_one_failure_degrades_and_three_in_a_row_are_offline(self, upstream: Upstream[Plain]) -> None:
        """One failure after a success is degraded, three in a row are offline, and the reason is kept."""
        upstream.call(lambda: 7)
        fail(upstream, Unavailable(reason="HTTP 500"))
        assert upstream.state == "degraded"

        fail(upstream, BadData(), 2)
        assert upstream.state == "offline"
        assert upstream.statistics.failed is not None
        assert upstream.statistics.failed.reason == "Bad data"
        assert upstream.statistics.outcomes == {"ok": 1, "HTTP 500": 1, "Bad data": 2}

    def test_a_provider_that_never_answered_is_offline(self, upstream: Upstream[Plain]) -> None:
        """A provider whose first call failed is offline, because it was never online."""
        fail(upstream, Unavailable(reason="Timeout"))

        assert upstream.state == "offline"

    def test_all_workers_know_the_same(self, upstream: Upstream[Plain], store: Store, clock: Clock) -> None:
        """All workers share the statistics of one."""
        upstream.call(lambda: 7)

        assert Upstream(Plain(Http()), store, clock=clock).state == "online"

    def test_patience_follows_its_own_latency_within_bounds(self, upstream: Upstream[Plain]) -> None:
        """The wait is a second at first, then follows the latency from 0.3 s to a second."""
        known = upstream.statistics
        assert upstream.patience == known.patience(0.3, 1.0) == 1.0

        known.latencies = [0.01] * 20
        assert known.patience(0.3, 1.0) == 0.3

        known.latencies = [0.01] * 20 + [0.5] * 80
        assert 0.3 < known.patience(0.3, 1.0) < 1.0

        known.latencies = [9.0] * 100
        assert known.patience(0.3, 1.0) == 1.0

    def test_patience_is_what_the_settings_say(self, store: Store) -> None:
        """The settings give both bounds of the wait."""
        patient = Upstream(Plain(Http()), store, patience=(4.0, 60.0))
        assert patient.patience == 60.0

        for _ in range(5):
            patient.call(lambda: 7)
        assert patient.patience == 4.0

    def test_a_provider_that_needs_a_key_is_enabled_by_one(self, store: Store) -> None:
        """A provider that needs a key is called only if it has one."""
        assert not Upstream(Keyed(Http()), store).enabled
        assert Upstream(Keyed(Http(), key="secret"), store).enabled
        assert Upstream(Plain(Http()), store).enabled


class TestCircuit:
    """Tests of refused calls."""

    def test_five_failures_in_a_row_open_it(self, upstream: Upstream[Plain]) -> None:
        """Five failures in a row open the circuit, and each keeps its own reason."""
        fail(upstream, BadData(), 5)

        assert reason(upstream) == "Circuit open"
        assert upstream.state == "offline"

    def test_half_of_the_last_twenty_open_it_too(self, upstream: Upstream[Plain]) -> None:
        """Ten failures of the last twenty calls open the circuit, even if they are not in a row."""
        for _ in range(10):
            upstream.call(lambda: 7)
            fail(upstream, BadData())

        assert reason(upstream) == "Circuit open"

    def test_less_than_half_is_tolerated(self, upstream: Upstream[Plain]) -> None:
        """Fewer failures than half leave the circuit closed."""
        for _ in range(10):
            upstream.call(lambda: 7)
            upstream.call(lambda: 7)
            fail(upstream, BadData())

        assert reason(upstream) is None

    def test_what_a_provider_does_not_have_says_nothing_about_its_health(
        self, upstream: Upstream[Plain]
    ) -> None:
        """Unsupported symbols leave a provider online, in any number."""
        upstream.call(lambda: 7)
        fail(upstream, Unsupported(), 10)

        assert upstream.state == "online"
        assert upstream.call(lambda: 8) == 8

    def test_one_bad_market_says_nothing_about_its_venue(self, upstream: Upstream[Plain]) -> None:
        """Bad markets leave the circuit and the state unchanged, in any number."""
        upstream.call(lambda: 7)
        fail(upstream, BadMarket(), 30)
        assert upstream.state == "online"
        assert upstream.statistics.outcomes == {"ok": 1}

        fail(upstream, BadData(), 4)
        fail(upstream, BadMarket(), 30)
        assert upstream.state == "offline"
        fail(upstream, BadData())
        assert reason(upstream) == "Circuit open"

    def test_a_trial_that_meets_a_bad_market_decides_nothing(
        self, upstream: Upstream[Plain], clock: Clock
    ) -> None:
        """A trial that meets a bad market decides nothing, and the next call is a trial again."""
        fail(upstream, BadData(), 5)
        clock.advance(30)
        fail(upstream, BadMarket())
        assert upstream.circuit.trial_is_due
        assert reason(upstream) is None
        assert upstream.circuit.open_state is None

    def test_unforeseen_failures_count(self, upstream: Upstream[Plain]) -> None:
        """Unforeseen errors open the circuit as well, and the statistics name the reason."""
        fail(upstream, RuntimeError("its words"), 5)

        assert upstream.circuit.open_state is not None
        assert reason(upstream) == "Circuit open"
        assert upstream.statistics.outcomes == {"Bad data": 5}

    def test_after_half_a_minute_there_is_one_trial(self, upstream: Upstream[Plain], clock: Clock) -> None:
        """After half a minute one trial is made, other calls are refused meanwhile, and a success closes."""
        fail(upstream, BadData(), 5)
        clock.advance(29.9)
        assert reason(upstream) == "Circuit open"
        clock.advance(0.1)
        assert upstream.circuit.trial_is_due

        meanwhile = upstream.call(lambda: reason(upstream))

        assert meanwhile == "Circuit open"
        assert reason(upstream) is None
        assert upstream.state == "online"

    def test_a_failed_trial_opens_it_again(self, upstream: Upstream[Plain], clock: Clock) -> None:
        """A failed trial opens the circuit for the same time again."""
        fail(upstream, BadData(), 5)
        clock.advance(30)
        fail(upstream, BadData())

        assert reason(upstream) == "Circuit open"
        clock.advance(30)
        assert reason(upstream) is None

    def test_all_workers_share_the_circuit(
        self, upstream: Upstream[Plain], store: Store, clock: Clock
    ) -> None:
        """A circuit that one worker opens or closes is open or closed for all."""
        other = Upstream(Plain(Http()), store, clock=clock)
        fail(upstream, BadData(), 5)
        assert reason(other) == "Circuit open"

        clock.advance(30)
        assert reason(other) is None
        assert reason(upstream) is None

    @pytest.mark.parametrize(
        "error", [RateLimited(retry_after=120), Unavailable(reason="HTTP 503", retry_after=120)]
    )
    def test_retry_after_is_respected(
        self, upstream: Upstream[Plain], clock: Clock, error: Unavailable
    ) -> None:
        """`Retry-After` keeps the circuit open from the first failure for the given time."""
        fail(upstream, error)
        clock.advance(119)
        assert reason(upstream) is not None
        clock.advance(1)
        assert reason(upstream) is None

    def test_a_late_failure_does_not_shorten_it(self, upstream: Upstream[Plain], clock: Clock) -> None:
        """Calls that were on their way may fail without a time."""

        def ask() -> None:
            fail(upstream, RateLimited(retry_after=600))
            raise RateLimited

        with pytest.raises(RateLimited):
            upstream.call(ask)
        clock.advance(599)

        assert reason(upstream) == "Rate limited"

    def test_a_rate_limit_without_a_time_rests_for_a_minute(
        self, upstream: Upstream[Plain], clock: Clock
    ) -> None:
        """A rate limit without a time opens the circuit for a minute, also after a trial."""
        for _ in range(2):
            fail(upstream, RateLimited())
            clock.advance(59)
            assert reason(upstream) == "Rate limited"
            clock.advance(1)

        assert reason(upstream) is None

    def test_a_rest_has_an_end(self, upstream: Upstream[Plain], clock: Clock) -> None:
        """A pause is a day at most, whatever `Retry-After` says."""
        fail(upstream, RateLimited(retry_after=1e12))
        clock.advance(86_399)
        assert reason(upstream) == "Rate limited"
        clock.advance(1)

        assert reason(upstream) is None

    def test_a_region_block_is_left_alone_for_an_hour(self, upstream: Upstream[Plain], clock: Clock) -> None:
        """A provider that blocks the region is called again after an hour, as a trial."""
        fail(upstream, Blocked())
        clock.advance(3599)
        assert upstream.state == "blocked"
        assert reason(upstream) == "Region blocked"

        clock.advance(1)
        fail(upstream, Blocked())
        clock.advance(3599)
        assert reason(upstream) == "Region blocked"

        clock.advance(1)
        assert reason(upstream) is None
        assert upstream.state == "online"

    def test_silence_counts_before_its_own_time_out(self, upstream: Upstream[Plain]) -> None:
        """Five callers that stop waiting open the circuit."""
        for _ in range(5):
            upstream.timed_out()

        assert reason(upstream) == "Circuit open"
        assert upstream.statistics.failed is not None
        assert upstream.statistics.failed.reason == "Timeout"


@needs_redis
class TestAfterAnOutage:
    """Tests of a circuit that has opened while Redis was away."""

    @pytest.fixture
    def upstream(self, connection: "redis.Redis", clock: Clock) -> Upstream[Plain]:
        """Return an upstream of a worker with Redis."""
        return worker(connection, clock)

    @pytest.fixture
    def refusing(self, connection: "redis.Redis") -> Iterator["redis.Redis"]:
        """Yield a Redis that can be told to refuse writes, as a full one does."""
        yield connection
        connection.config_set("maxmemory", 0)

    @pytest.mark.parametrize("is_empty", [True, False])
    def test_retry_after_outlasts_the_outage(
        self, upstream: Upstream[Plain], refusing: "redis.Redis", clock: Clock, *, is_empty: bool
    ) -> None:
        """Redis comes back empty, or with an open state of before, which ended earlier."""
        fail(upstream, BadData(), 5)
        clock.advance(30)
        refusing.config_set("maxmemory", 1)
        fail(upstream, RateLimited(retry_after=600))
        refusing.config_set("maxmemory", 0)
        if is_empty:
            refusing.flushall()
        clock.advance(PAUSE)
        upstream._store.update_copies(upstream.kinds, drop_missing="circuit:")  # what health does

        assert upstream.snapshot.state == "offline"
        assert reason(upstream) == "Rate limited"
        other = worker(refusing, clock)
        assert reason(other) == "Rate limited"
        assert other.budget.spent == 0
        clock.advance(600 - PAUSE)
        assert reason(other) is None
        assert reason(upstream) is None
        assert upstream.circuit.open_state is None

    def test_a_clock_that_was_set_back_prolongs_nothing(
        self, upstream: Upstream[Plain], connection: "redis.Redis", clock: Clock
    ) -> None:
        """What Redis has lost is then forgotten."""
        fail(upstream, RateLimited(retry_after=600))
        connection.flushall()
        clock.advance(-3600)

        assert reason(upstream) is None


def worker(connection: "redis.Redis", clock: Clock) -> Upstream[Plain]:
    """Return an upstream of one of the workers that share a Redis."""
    store = Store(MemoryCache(), RedisCache(connection, key_prefix="engine:"), clock=clock)
    return Upstream(Plain(Http()), store, clock=clock)


class TestBudget:
    """Tests of the rate limit."""

    @pytest.fixture
    def frugal(self, store: Store, clock: Clock) -> Upstream[Frugal]:
        """Return an upstream that may make nine of its ten calls."""
        return Upstream(Frugal(Http()), store, clock=clock)

    def test_nine_tenths_are_used_and_then_no_call_is_made(
        self, frugal: Upstream[Frugal], clock: Clock
    ) -> None:
        """After nine tenths of the limit, calls are `Rate limited` and are no failures of the provider."""
        for _ in range(9):
            frugal.call(lambda: 7)

        assert reason(frugal) == "Rate limited"
        assert frugal.state == "online"
        assert frugal.circuit.open_state is None
        clock.advance(frugal.budget.resets_at - clock())
        assert reason(frugal) is None

    def test_calls_have_weights(self, frugal: Upstream[Frugal]) -> None:
        """Calls have weights in the provider's unit."""
        frugal.call(lambda: 7, weight=8)
        with pytest.raises(RateLimited):
            frugal.call(lambda: 7, weight=2)

        assert frugal.call(lambda: 7, weight=1) == 7

    def test_the_background_has_half_of_it(self, frugal: Upstream[Frugal]) -> None:
        """Background calls use half of the limit and leave the rest to clients."""
        for _ in range(4):
            frugal.call(lambda: 7, share=0.5)
        with pytest.raises(RateLimited):
            frugal.call(lambda: 7, share=0.5)

        assert reason(frugal) is None

    def test_the_provider_s_own_count_corrects_ours(self, frugal: Upstream[Frugal]) -> None:
        """The provider's own count corrects the local one, because other programs may share the address."""
        frugal.provider.observe({"Used": "8"})
        assert frugal.budget.spent == 8
        frugal.provider.observe({"Used": "3"})
        assert frugal.budget.spent == 8
        frugal.provider.observe({"Used": "500"})

        assert reason(frugal) == "Rate limited"

    def test_a_running_trial_costs_one_call(self, frugal: Upstream[Frugal], clock: Clock) -> None:
        """A running trial costs one call, and refused calls cost nothing."""
        fail(frugal, RateLimited(retry_after=120))
        clock.advance(120)

        def trial() -> int:
            return sum(reason(frugal) == "Rate limited" for _ in range(20))

        assert frugal.call(trial) == 20
        assert frugal.budget.spent == 1
