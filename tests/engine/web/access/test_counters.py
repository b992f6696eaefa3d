"""The sliding windows of `limits`, counted without its regular walk over all clients."""

import time
from collections.abc import Iterator

import pytest
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from engine.web.access import counters, quotas
from engine.web.access.counters import SlidingWindowStorage

START = 1_700_000_040.0  # the first second of a minute
TEN = RateLimitItemPerMinute(10)


class Time:
    """Replace the time that `limits` and the storage read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        monkeypatch.setattr(time, "time", lambda: self.now)


def clients(moment: Time) -> Iterator[str]:
    """Yield the next caller, at every moment of five minutes, with pauses in between."""
    for second in (*range(0, 200, 3), *range(400, 500, 2)):
        moment.now = START + second + 0.25
        yield from ("a", "b")[: 1 + second % 2]


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Return a time that tests set."""
    return Time(monkeypatch)


def test_it_counts_as_limits_does(moment: Time) -> None:
    """The storage counts as `limits` does, at every moment."""
    ours = SlidingWindowCounterRateLimiter(SlidingWindowStorage())
    theirs = SlidingWindowCounterRateLimiter(MemoryStorage())
    for client in clients(moment):
        assert ours.hit(TEN, client) == theirs.hit(TEN, client)
        mine, other = ours.get_window_stats(TEN, client), theirs.get_window_stats(TEN, client)
        assert mine.remaining == other.remaining
        assert mine.reset_time == pytest.approx(other.reset_time)


def test_a_client_gets_what_limits_would_report(moment: Time) -> None:
    """One call gives the decision, the rest and the reset that `limits` gives in several."""
    ours = SlidingWindowCounterRateLimiter(SlidingWindowStorage())
    theirs = SlidingWindowCounterRateLimiter(SlidingWindowStorage())
    for client in clients(moment):
        allowed, standing = quotas.spend(ours, TEN, client, "scope")
        assert allowed == theirs.hit(TEN, quotas.PREFIX, client, "scope")
        reset, left = theirs.get_window_stats(TEN, quotas.PREFIX, client, "scope")
        assert standing == (10, 60, left, int(reset + 1))
        assert ours.get_window_stats(TEN, quotas.PREFIX, client, "scope") == (reset, left), "its own key"


def test_old_windows_are_dropped_whole(moment: Time) -> None:
    """The windows of thousands of clients are dropped together after two minutes."""
    storage = SlidingWindowStorage()
    limiter = SlidingWindowCounterRateLimiter(storage)
    for client in range(1000):
        limiter.hit(TEN, str(client))
    moment.now += 120
    limiter.hit(TEN, "new")

    assert storage.reset() == 1
    assert storage.reset() == 0


def test_newcomers_are_never_refused_for_others(moment: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of counters is limited, and new clients are never refused because of others."""
    monkeypatch.setattr(counters, "MOST", 100)
    storage = SlidingWindowStorage()
    limiter = SlidingWindowCounterRateLimiter(storage)
    for _ in range(10):
        assert limiter.hit(TEN, "busy")
    assert all(limiter.hit(TEN, str(client)) for client in range(1000))

    assert not limiter.hit(TEN, "busy"), "who asks often is not forgotten for those who ask once"
    assert limiter.hit(TEN, "999")
    assert limiter.get_window_stats(TEN, "999").remaining == 8
    assert storage.reset() <= 100


def test_room_is_made_however_often_all_have_asked(moment: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """If all clients are frequent, the oldest counters are dropped."""
    monkeypatch.setattr(counters, "MOST", 100)
    storage = SlidingWindowStorage()
    limiter = SlidingWindowCounterRateLimiter(storage)
    for client in range(1000):
        assert all(limiter.hit(TEN, str(client)) for _ in range(10))
        assert not limiter.hit(TEN, str(client))

    assert storage.reset() <= 100


def test_under_pressure_a_site_of_ipv6_has_one_counter(moment: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a crowded table the new networks of a site share a counter, and known ones keep their own."""
    monkeypatch.setattr(counters, "MOST", 100)
    limiter = SlidingWindowCounterRateLimiter(SlidingWindowStorage())
    early = [limiter.hit(TEN, f"site{counters.WITHIN}{number}", "scope") for number in range(50)]
    late = [limiter.hit(TEN, f"site{counters.WITHIN}{number}", "scope") for number in range(50, 200)]

    assert all(early)
    assert late == [True] * 10 + [False] * 140
    assert limiter.hit(TEN, f"other{counters.WITHIN}1", "scope")
    assert limiter.get_window_stats(TEN, f"site{counters.WITHIN}7", "scope").remaining == 9
    assert limiter.get_window_stats(TEN, f"site{counters.WITHIN}777", "scope").remaining == 0
    moment.now += 60
    assert limiter.get_window_stats(TEN, f"site{counters.WITHIN}7", "scope").remaining == 9, "known before"


@pytest.mark.usefixtures("untraced")
def test_the_whole_table_is_filled_and_300_newcomers_are_served(moment: Time) -> None:
    """In a full table of 100 000 counters, 300 new clients are served."""
    storage = SlidingWindowStorage()
    limiter = SlidingWindowCounterRateLimiter(storage)
    for pair in range(100_000):
        storage.spend(f"LIMITER/engine/{pair}/prices/10/1/minute", 10, 60)

    assert all(limiter.hit(TEN, "engine", f"newcomer{number}", "prices") for number in range(300))
    assert storage.reset() <= 100_000


def test_a_client_can_be_forgotten(moment: Time) -> None:
    """A client whose counter was cleared starts again."""
    limiter = SlidingWindowCounterRateLimiter(SlidingWindowStorage())
    for _ in range(11):
        limiter.hit(TEN, "a")
    limiter.clear(TEN, "a")

    assert limiter.get_window_stats(TEN, "a").remaining == 10


def test_it_has_a_name_and_nothing_else_to_offer() -> None:
    """The storage is registered under its scheme, and its only operation is the sliding window."""
    storage = storage_from_string(f"{counters.SCHEME}://")
    assert isinstance(storage, SlidingWindowStorage)
    assert storage.check()
    for other in (storage.get, storage.get_expiry, storage.clear):
        with pytest.raises(NotImplementedError):
            other("key")
    with pytest.raises(NotImplementedError):
        storage.incr("key", 1)
    assert storage.base_exceptions is ValueError
