"""Counters in memory."""

from concurrent.futures import ThreadPoolExecutor
from threading import active_count

from limits import RateLimitItemPerSecond
from limits.strategies import FixedWindowRateLimiter

from engine.store.local_counters import LocalCounters
from tests.clock import Clock


def test_a_window_ends_after_its_time() -> None:
    """A window begins at the first count and ends after its time."""
    clock = Clock()
    counters = LocalCounters(clock=clock)
    assert counters.incr("a", 10) == 1
    clock.advance(9)
    assert counters.incr("a", 10, 4) == counters.get("a") == 5
    assert counters.get_expiry("a") == clock() + 1
    clock.advance(1)

    assert counters.get("a") == 0
    assert counters.get_expiry("a") == clock()
    assert counters.incr("a", 10) == 1


def test_a_limit_holds_against_many_threads() -> None:
    """Each count of many threads is counted once, without a further thread."""
    before = active_count()
    limiter = FixedWindowRateLimiter(LocalCounters(clock=Clock()))
    limit = RateLimitItemPerSecond(500, 60)
    with ThreadPoolExecutor(8) as pool:
        allowed = [*pool.map(lambda _: limiter.hit(limit, "a"), range(2_000))]
        assert active_count() <= before + 8

    assert sum(allowed) == 500


def test_counts_are_forgotten() -> None:
    """One counter or all counters can be deleted."""
    counters = LocalCounters()
    for key in "abc":
        counters.incr(key, 60)
    counters.clear("a")
    assert (counters.get("a"), counters.get("b")) == (0, 1)

    assert counters.check()
    assert counters.reset() == 2
    assert counters.get("b") == 0
