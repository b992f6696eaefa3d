"""The catalogue is refreshed without a client, venue by venue, and a bad listing changes nothing."""

from pathlib import Path
from typing import Any

import pytest
import redis
from cachelib import RedisCache

from engine.cache.entries import RENEWED
from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.facts import read_facts
from engine.config import Settings
from engine.history.archive import Archive
from engine.jobs.cataloguing import Cataloguing
from engine.jobs.kept_bindings import NAME, KeptBindings
from engine.jobs.schedule import FIRST_LOOKS, LONGEST
from engine.store import Store
from engine.store.local_counters import LocalCounters
from engine.store.memory import MemoryCache
from engine.telemetry.events import Event
from engine.upstream import Upstream
from providers import (
    ASSETS,
    Candidate,
    CoinLister,
    Http,
    Market,
    Provider,
    RateLimit,
    Ticker,
    TickerSource,
    Unavailable,
)
from tests.clock import Clock
from tests.redis_server import RedisServer, needs_redis

INVENTED = tuple(f"NEW{number}" for number in range(60))
DAY = 86_400.0


class Venue(TickerSource):
    """A provider that lists the pinned coins and sixty others against USDT, unless it fails."""

    rate_limit = RateLimit(1000, 1)
    base_urls = ("http://127.0.0.1:9",)

    def __init__(self, clock: Clock) -> None:
        super().__init__(Http(), clock=clock)
        self.codes = ["USDT", *(asset.code for asset in ASSETS), *INVENTED]
        self.prices: dict[str, float] = {}
        self.calls: list[str] = []
        self.fails = False
        self.quiet = False

    def fetch_listing(self) -> list[Any]:
        """Return the codes."""
        self.calls.append("listing")
        if self.fails:
            raise Unavailable(reason="Timeout")
        return self.codes

    def read_market(self, row: Any) -> Market:
        """Return the market of a code. USDT has a dollar market, so that its value is known."""
        if row == "USDT":
            return Market(self.name, "USDT", "USD", "USDTUSD")
        return Market(
            self.name, row, "USDT", f"{row}USDT", name=f"The {row} coin" if row in INVENTED else None
        )

    def fetch_tickers(self) -> list[Any]:
        """Return a row for each code."""
        self.calls.append("tickers")
        if self.quiet:
            raise Unavailable(reason="Timeout")
        return self.codes

    def read_ticker(self, row: Any) -> Ticker:
        """Return a price that depends on the code's place in the list."""
        if row == "USDT":
            return Ticker("USDTUSD", 1.0, 1_000_000.0)
        return Ticker(f"{row}USDT", self.prices.get(row, 1.5 + 7.3 * self.codes.index(row)), 1_000_000.0)


class One(Venue):
    """The first venue."""

    name = "one"


class Two(Venue):
    """The second venue."""

    name = "two"


class Three(Venue):
    """The third venue, so that two are a majority."""

    name = "three"


class Aggregator(CoinLister):
    """An aggregator that knows the invented coins by name."""

    name = "coingecko"
    rate_limit = RateLimit(1000, 1)
    base_urls = ("http://127.0.0.1:9",)

    def fetch_coins(self) -> list[Any]:
        """Return the codes."""
        return list(INVENTED)

    def read_coin(self, row: Any) -> Candidate:
        """Return the coin of a code."""
        return Candidate("coingecko", row.lower(), row, f"The {row} coin", 100 + INVENTED.index(row))


class Bench:
    """A refresh over three venues and an aggregator, with a clock that tests advance."""

    def __init__(self, clock: Clock, store: Store, archive: Archive | None = None) -> None:
        self.clock, self.store = clock, store
        self.events: list[Event] = []
        self.one, self.two = One(clock), Two(clock)
        aggregator = Aggregator(Http(), clock=clock)
        providers: list[Provider] = [self.one, self.two, Three(clock), aggregator]
        self.current = CurrentCatalogue(store, read_facts())
        self.job = Cataloguing(
            self.current,
            [self.upstream(provider, store) for provider in providers],
            store,
            Settings(),
            clock,
            clock,
            self.events.append,
            KeptBindings(archive) if archive else None,
        )

    def upstream(self, provider: Provider, store: Store) -> Upstream[Provider]:
        """Return the upstream of a provider."""
        return Upstream(provider, store, LocalCounters(), clock=self.clock, publish=self.events.append)

    def run(self, seconds: float = 0.0) -> list[str]:
        """Advance the clock, then run all jobs that are due."""
        self.clock.advance(seconds)
        done: list[str] = []
        while some := self.job.tick():
            done += some
        return done


@pytest.fixture
def bench(clock: Clock) -> Bench:
    """Return a bench with its own memory."""
    return Bench(clock, Store(MemoryCache()))


@pytest.fixture
def clock() -> Clock:
    """Return a clock that tests advance."""
    return Clock()


def states(bench: Bench, code: str) -> set[str]:
    """Return the states of a code's markets."""
    catalogue = bench.current.catalogue
    return {market.state for market in catalogue.markets if market.base.code == code}


def test_without_a_network_the_pinned_coins_are_known(bench: Bench) -> None:
    """The pinned coins are known before any request to a provider."""
    assert {asset.code for asset in ASSETS} <= {it.coin.code for it in bench.current.catalogue.coins}
    assert bench.one.calls == []


def test_every_source_is_asked_at_the_start_and_then_by_its_period(bench: Bench) -> None:
    """Every source is asked at the start and then by its period, at most forty times a day."""
    assert set(bench.run()) == {"one", "two", "three", "coingecko", "look"}
    assert bench.one.calls.count("listing") == 1
    for _ in range(24):
        bench.run(3600)

    assert 4 <= bench.one.calls.count("listing") <= 6


def test_a_coin_is_proved_by_its_name_and_three_looks(bench: Bench) -> None:
    """A coin is tentative until its name and three prices prove it, and pinned coins are known at once."""
    bench.run()
    assert states(bench, "BTC") == {"pinned"}
    assert states(bench, "NEW7") == {"tentative"}
    for _ in range(3):
        bench.run(30)

    assert states(bench, "NEW7") == {"proved"}


def test_a_code_that_leaves_its_price_is_unbound_with_an_event(bench: Bench) -> None:
    """A code is unbound with an event after three different prices, and is not bound again silently."""
    for _ in range(4):
        bench.run(30)
    bench.two.prices["NEW7"] = 0.01
    for _ in range(3):
        bench.run(400)

    assert "refused" in states(bench, "NEW7")
    messages = [event.message for event in bench.events if event.kind == "CodeRebound"]
    assert messages[:1] == ["two code NEW7 is no longer taken for new7"]


def test_answers_from_before_a_code_was_unbound_are_checked_again(bench: Bench) -> None:
    """Cached answers are checked again after a code was unbound, and not after one was proved."""
    for _ in range(4):
        bench.run(30)
    assert bench.store.get(RENEWED, float) is None
    assert bench.current.state.undone == 0.0
    bench.two.prices["NEW7"] = 0.01
    for _ in range(3):
        bench.run(400)

    assert bench.store.get(RENEWED, float) == bench.current.state.undone == bench.clock()


def test_a_listing_that_shrinks_is_refused_with_an_event(bench: Bench) -> None:
    """A listing that shrinks is refused with an event, and the last one stays."""
    bench.run()
    bench.one.codes = bench.one.codes[:49]
    bench.run(7 * 3600)

    assert len(bench.current.state.listings["one"].markets) == len(bench.two.codes)
    assert [event.message for event in bench.events if event.kind == "ListingRefused"] == [
        "one listing refused: too few markets; keeping the last one"
    ]


def test_a_listing_without_news_costs_no_work(bench: Bench) -> None:
    """An unchanged listing leaves the rows as they are, and only updates the time of the oldest listing."""
    for _ in range(4):
        bench.run(30)
    before = bench.current.catalogue
    bench.run(9 * 3600)
    after = bench.current.catalogue

    assert after.markets is before.markets
    assert after.version == before.version
    assert before.as_of is not None
    assert after.as_of is not None
    assert after.as_of > before.as_of
    assert bench.current.search.catalogue is after


def test_one_more_market_is_all_that_changes(bench: Bench) -> None:
    """A new row of one venue is bound, also if the other listings are unchanged."""
    bench.run()
    bench.one.codes = [*bench.one.codes, "LATER"]
    bench.run(9 * 3600)

    assert states(bench, "LATER") == {"tentative"}


def test_a_code_that_stays_listed_is_never_forgotten(bench: Bench) -> None:
    """A code that stays listed is kept, although an unchanged listing is read only once a day."""
    for _ in range(12):
        bench.run(10 * DAY)

    assert states(bench, "BTC") == {"pinned"}
    assert "NEW7" in {it.coin.code for it in bench.current.catalogue.coins}


def test_a_venue_that_does_not_answer_keeps_its_volumes_for_a_day(bench: Bench) -> None:
    """A silent venue keeps its volumes of 24 hours with their age for a day, and then they are unknown."""
    bench.run()
    first = bench.current.state.looked["one"]
    bench.one.quiet = True
    bench.run(4000)
    kept = bench.current.state

    assert kept.volumes["one BTCUSDT"] == pytest.approx(1_000_000.0)
    assert kept.looked["one"] == first < kept.looked["two"]
    bench.run(DAY)
    assert "one BTCUSDT" not in bench.current.state.volumes
    assert "two BTCUSDT" in bench.current.state.volumes


def test_a_venue_that_fails_is_asked_again_sooner(bench: Bench) -> None:
    """A venue that failed is asked again sooner, and the others stay unaffected."""
    bench.one.fails = True
    bench.run()
    assert set(bench.current.state.listings) == {"two", "three"}
    bench.one.fails = False
    bench.run(901)

    assert set(bench.current.state.listings) == {"one", "two", "three"}


@needs_redis
def test_other_workers_and_later_starts_have_the_same(clock: Clock) -> None:
    """One worker asks the venues for all, and the state survives a restart."""
    with RedisServer() as server, server.client() as client:
        first, second = (
            Bench(clock, Store(MemoryCache(), RedisCache(client, key_prefix="engine:"))) for _ in range(2)
        )
        for _ in range(4):
            first.run(30)
        second.run()
        assert second.one.calls == []
        assert second.current.catalogue.version == first.current.catalogue.version
        assert states(second, "NEW7") == {"proved"}
        assert (first.job.pause(), second.job.pause()) == (0, 0)  # one renews its lease, one takes over

        client.delete("engine:cataloguing")
        third = Bench(clock, Store(MemoryCache(), RedisCache(client, key_prefix="engine:")))
        assert third.job.tick() == ["adopt"]
        assert states(third, "NEW7") == {"proved"}


def test_it_does_not_rest_while_redis_is_away(clock: Clock) -> None:
    """A lease that outlives the failure is renewed in time: no other worker asks all venues anew."""
    nowhere = redis.Redis(port=1)
    away = Bench(clock, Store(MemoryCache(), RedisCache(nowhere, key_prefix="engine:")))
    while away.job.tick():
        pass

    assert away.job.pause() == 0


def test_a_start_without_redis_knows_what_the_last_one_proved(clock: Clock, tmp_path: Path) -> None:
    """A start without Redis knows proved and undone codes by the history's database, without new proof."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    archive.start()
    first = Bench(clock, Store(MemoryCache()), archive)
    for _ in range(4):
        first.run(30)
    first.two.prices["NEW7"] = 0.01
    for _ in range(3):
        first.run(400)
    second = Bench(clock, Store(MemoryCache()), archive)
    third = Bench(clock, Store(MemoryCache()))
    done = second.run()
    third.run()
    archive.stop()

    assert done[0] == "adopt"
    assert second.current.state.identities.owners == first.current.state.identities.owners
    assert "refused" in states(second, "NEW7")
    assert states(second, "NEW9") == {"proved"}
    assert states(third, "NEW9") == {"tentative"}


def test_kept_bindings_that_cannot_be_read_are_left_out(clock: Clock, tmp_path: Path) -> None:
    """A value of another release starts anew, and without a history nothing is kept."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    archive.start()
    archive.change(lambda storage: storage.put_value(NAME, b"other"))
    assert Bench(clock, Store(MemoryCache()), archive).run()[0] != "adopt"
    archive.stop()

    off = Archive(Settings(data_dir=f"{tmp_path / 'none'}", history_enabled=False))
    Bench(clock, Store(MemoryCache()), off).run()
    assert not (tmp_path / "none").exists()


def test_it_rests_until_something_is_due(bench: Bench) -> None:
    """Once all is asked, the next tick comes with the next look, and at least once a minute."""
    assert bench.job.pause() == 0
    while bench.job.tick():
        assert bench.job.pause() in (0, FIRST_LOOKS)
    assert bench.job.pause() == FIRST_LOOKS
    bench.clock.advance(20)
    assert bench.job.pause() == FIRST_LOOKS - 20
    bench.run(5)
    bench.run(FIRST_LOOKS)
    assert bench.job.pause() == LONGEST
