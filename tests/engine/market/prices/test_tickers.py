"""All prices of a venue are fetched in one call, and only while callers ask."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from cachelib import RedisCache

from engine.cache import Cache
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.market.contents import CONTENTS
from engine.market.prices.tickers import Tickers, VenueTickers
from engine.store import Store
from engine.store._codec import decode, encode
from engine.store.local_counters import LocalCounters
from engine.store.memory import MemoryCache
from engine.upstream import Upstream
from engine.upstream.host_clock import HostClock
from providers import Http, RateLimit, Ticker, TickerSource, Unavailable
from tests.clock import Clock
from tests.redis_server import RedisServer, needs_redis
from tests.waiting import eventually


class Venue(TickerSource):
    """A venue with two markets that counts its calls."""

    rate_limit = RateLimit(100, 60)
    tickers_weight = 40
    base_urls = ("http://127.0.0.1:9",)

    def __init__(self, clock: Clock) -> None:
        super().__init__(Http(), clock=clock)
        self.calls = 0
        self.fails = False
        self.rows = [Ticker("XMRUSDT", 170.0, 1e6), Ticker("BTCUSDT", 80_000.0, 1e9)]

    def fetch_tickers(self) -> list[Any]:
        """Return the rows, or fail."""
        self.calls += 1
        if self.fails:
            raise Unavailable(reason="Timeout")
        return list(self.rows)

    def read_ticker(self, row: Any) -> Ticker:
        """Return a row as it is."""
        ticker: Ticker = row
        return ticker


class One(Venue):
    """The first venue."""

    name = "one"


class Heavy(One):
    """The first venue with a call that exceeds its budget."""

    tickers_weight = 91


class Two(Venue):
    """The second venue."""

    name = "two"


class Bench:
    """Tickers of two venues, with a clock that tests advance."""

    def __init__(self, clock: Clock, store: Store, one: type[Venue] = One) -> None:
        self.clock = clock
        self.one, self.two = one(clock), Two(clock)
        self._pool = ThreadPoolExecutor(4)
        host = HostClock(clock)
        upstreams = [Upstream(venue, store, LocalCounters(), clock=clock) for venue in (self.one, self.two)]
        cache = Cache.over(store, self._pool, clock=clock, contents=CONTENTS)
        settings = Settings(prices_deadline_seconds=30.0)
        self.tickers = Tickers(upstreams, cache.data, settings, host)

    def obtain(self, *venues: str) -> dict[str, VenueTickers]:
        """Return the tickers by venue, of both by default."""
        return {name: entry.value for name, entry in self.tickers.obtain(venues or ("one", "two")).items()}

    @property
    def calls(self) -> tuple[int, int]:
        """Return the number of calls to each venue."""
        return self.one.calls, self.two.calls


@pytest.fixture
def clock() -> Clock:
    """Return a clock that tests advance."""
    return Clock()


@pytest.fixture
def bench(clock: Clock) -> Bench:
    """Return a bench with its own memory."""
    return Bench(clock, Store(MemoryCache()))


def test_nothing_is_called_unless_a_caller_asks(bench: Bench) -> None:
    """Time alone makes no call, also after earlier requests."""
    bench.clock.advance(86_400)
    assert bench.calls == (0, 0)
    bench.obtain()
    bench.clock.advance(86_400)
    assert bench.calls == (1, 1)


def test_one_call_serves_all_markets_while_it_is_fresh(bench: Bench) -> None:
    """One call serves all markets for the lifetime of prices, 30 seconds."""
    assert bench.obtain()["one"].tickers["XMRUSDT"].price == 170.0
    bench.clock.advance(29)
    bench.obtain()
    assert bench.calls == (1, 1)
    bench.clock.advance(61)
    bench.obtain()
    assert bench.calls == (2, 2)


def test_stale_tickers_serve_while_one_call_renews_them(bench: Bench) -> None:
    """For one more lifetime, stale tickers are served without a wait while one call renews them."""
    bench.obtain()
    bench.one.rows = [Ticker("XMRUSDT", 171.0, 1e6)]
    bench.clock.advance(31)
    assert bench.obtain()["one"].tickers["XMRUSDT"].price == 170.0
    eventually(lambda: bench.obtain()["one"].tickers["XMRUSDT"].price == 171.0)
    assert bench.calls == (2, 2)


def test_callers_at_the_same_moment_share_one_call(bench: Bench) -> None:
    """Any number of concurrent callers share one call."""
    start = Barrier(8)

    def ask(_: int) -> float:
        start.wait()
        return bench.obtain()["two"].tickers["BTCUSDT"].price

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {80_000.0}
    assert bench.calls == (1, 1)


def test_only_the_named_venues_are_called(bench: Bench) -> None:
    """Only the named venues are called, because tickers of a venue without a listing are unreadable."""
    assert set(bench.obtain("two", "three")) == {"two"}
    assert bench.obtain("none") == {}
    assert bench.calls == (0, 1)


def test_a_venue_that_fails_keeps_its_last_tickers_and_says_why(bench: Bench) -> None:
    """A venue that fails keeps its last tickers, has a reason, and is called again after the usual time."""
    bench.obtain()
    bench.one.fails = True
    bench.clock.advance(100)
    found = bench.obtain()

    assert (found["one"].reason, found["two"].reason) == ("Timeout", None)
    assert found["one"].tickers["XMRUSDT"].price == 170.0
    assert found["two"].time - found["one"].time == 100
    bench.obtain()
    assert bench.calls == (2, 2)


def test_a_venue_that_has_never_answered_has_no_tickers(bench: Bench) -> None:
    """A venue without any answer has no tickers, and the other one serves."""
    bench.one.fails = True
    found = bench.obtain()

    assert (found["one"].tickers, found["one"].reason) == ({}, "Timeout")
    assert found["two"].tickers


def test_tickers_of_yesterday_are_not_kept(bench: Bench) -> None:
    """After a day, a venue that fails has no tickers."""
    bench.obtain()
    bench.one.fails = True
    for _ in range(9):
        bench.clock.advance(3 * 3600)
        found = bench.obtain()

    assert found["one"].tickers == {}


def test_with_every_venue_failing_old_tickers_serve_and_without_them_it_is_an_error(bench: Bench) -> None:
    """If every venue fails, old tickers are served, and without them the error has each reason."""
    bench.one.fails = bench.two.fails = True
    with pytest.raises(AllProvidersFailed) as caught:
        bench.obtain()
    assert caught.value.details == {"one": "Timeout", "two": "Timeout"}

    bench.one.fails = bench.two.fails = False
    bench.clock.advance(60)
    bench.obtain()
    bench.one.fails = bench.two.fails = True
    bench.clock.advance(3600)
    assert {name: found.reason for name, found in bench.obtain().items()} == {
        "one": "Timeout",
        "two": "Timeout",
    }


def test_a_spent_budget_is_a_failure_without_a_call(clock: Clock) -> None:
    """A venue whose call weighs more than the rest of its limit is not called, which is a failure."""
    bench = Bench(clock, Store(MemoryCache()), Heavy)
    found = bench.obtain()

    assert bench.calls == (0, 1)
    assert found["one"].reason == "Rate limited"
    assert found["two"].reason is None


def test_tickers_with_an_old_time_do_not_count(bench: Bench) -> None:
    """A ticker with a time of ten minutes ago is omitted."""
    now = int(bench.clock() * 1000)
    bench.one.rows = [
        Ticker("XMRUSDT", 170.0, 1e6, now - 600_000),
        Ticker("BTCUSDT", 80_000.0, 1e9, now - 200_000),
    ]
    assert set(bench.obtain()["one"].tickers) == {"BTCUSDT"}


def test_stored_tickers_are_what_they_were() -> None:
    """Redis returns stored tickers as they were."""
    value = VenueTickers({"XMRUSDT": Ticker("XMRUSDT", 170.0, 1e6, 5, -1.5)}, 7.0, "Timeout")

    assert decode(encode(value), VenueTickers) == value
    assert value.moved(3.0).time == 10.0


@needs_redis
def test_workers_share_one_call(clock: Clock) -> None:
    """Tickers that one worker has received serve the others."""
    with RedisServer() as server, server.client() as client:
        first, second = (
            Bench(clock, Store(MemoryCache(), RedisCache(client, key_prefix="engine:"))) for _ in range(2)
        )
        first.obtain()
        assert second.obtain()["one"].tickers["XMRUSDT"].price == 170.0
        assert (first.calls, second.calls) == ((1, 1), (0, 0))
