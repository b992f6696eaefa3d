"""The guarded door to one provider."""

import pytest

from engine.upstream import PATIENCE, Upstream
from providers import BadData, Blocked, Http, Provider, RateLimit, Unavailable, Unsupported
from tests.clock import Clock


class Somebody(Provider):
    """A provider that is never really asked."""

    name = "somebody"
    base_urls = ("http://127.0.0.1:1",)
    rate_limit = RateLimit(1, 1)


class Keyed(Somebody):
    """One that wants a key."""

    name = "keyed"
    needs_key = True


@pytest.fixture
def upstream() -> Upstream[Somebody]:
    """A door that nobody has gone through."""
    return Upstream(Somebody(Http()), clock=Clock())


def fail(upstream: Upstream[Somebody], error: Exception, times: int = 1) -> None:
    """Let calls fail with `error`."""

    def ask() -> None:
        raise error

    for _ in range(times):
        with pytest.raises(type(error)):
            upstream.call(ask)


def test_nothing_is_known_of_who_was_never_asked(upstream: Upstream[Somebody]) -> None:
    """Neither well nor ill."""
    assert upstream.statistics.state == "unknown"
    assert upstream.statistics.checked is None
    assert upstream.statistics.latency is None


def test_an_answer_makes_it_online(upstream: Upstream[Somebody]) -> None:
    """The answer is passed on and the latency remembered."""
    assert upstream.call(lambda: 7) == 7
    assert upstream.statistics.state == "online"
    assert upstream.statistics.latency is not None


def test_one_failure_degrades_and_three_in_a_row_are_offline(upstream: Upstream[Somebody]) -> None:
    """Who worked a moment ago is not given up at once; the reason is remembered."""
    upstream.call(lambda: 7)
    fail(upstream, Unavailable(reason="HTTP 500"))
    assert upstream.statistics.state == "degraded"

    fail(upstream, BadData(), 2)
    assert upstream.statistics.state == "offline"
    assert upstream.statistics.failed is not None
    assert upstream.statistics.failed.reason == "Bad data"


def test_who_never_answered_is_offline(upstream: Upstream[Somebody]) -> None:
    """There is nothing to be degraded from."""
    fail(upstream, Unavailable(reason="Timeout"))

    assert upstream.statistics.state == "offline"


def test_a_region_block_is_a_state_of_its_own(upstream: Upstream[Somebody]) -> None:
    """Blocked until it answers again."""
    fail(upstream, Blocked())
    assert upstream.statistics.state == "blocked"

    upstream.call(lambda: 7)
    assert upstream.statistics.state == "online"


def test_five_failures_in_a_row_open_the_circuit(upstream: Upstream[Somebody]) -> None:
    """After them nobody is asked, and each failure keeps its own reason until then."""
    fail(upstream, BadData(), 5)
    asked: list[int] = []

    with pytest.raises(Unavailable) as caught:
        upstream.call(lambda: asked.append(1))

    assert caught.value.reason == "Circuit open"
    assert asked == []


def test_what_a_provider_does_not_have_says_nothing_about_its_health(upstream: Upstream[Somebody]) -> None:
    """Any number of wrong symbols leaves it as it was."""
    upstream.call(lambda: 7)
    fail(upstream, Unsupported(), 10)

    assert upstream.statistics.state == "online"
    assert upstream.call(lambda: 8) == 8


def test_patience_follows_its_own_latency_within_bounds(upstream: Upstream[Somebody]) -> None:
    """Unknown: a second. Quick: not less than 0.3 s. Slow: not more than a second."""
    assert upstream.patience == PATIENCE[1]

    upstream.statistics.latencies.extend([0.01] * 20)
    assert upstream.patience == PATIENCE[0]

    upstream.statistics.latencies.extend([0.5] * 80)
    assert PATIENCE[0] < upstream.patience < PATIENCE[1]

    upstream.statistics.latencies.extend([9.0] * 100)
    assert upstream.patience == PATIENCE[1]


def test_who_needs_a_key_is_enabled_by_one() -> None:
    """Without it nobody would be let in."""
    assert not Upstream(Keyed(Http())).enabled
    assert Upstream(Keyed(Http(), key="secret")).enabled
    assert Upstream(Somebody(Http())).enabled
