"""The background refresh: popular data is fresh before clients ask."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from flask import Flask

from engine import create_app
from engine.config import Settings
from engine.jobs.warming import LATE, LOOK, USUAL, Warming
from engine.market import Market
from engine.market.candles import Candles
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.web.services import services_of
from providers import Interval, Pair
from tests.clock import Clock
from tests.engine.web.api.answers import news, ohlcv, overview, prices, sentiment
from tests.engine.web.conftest import settings_for
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually


@pytest.fixture
def clock() -> Clock:
    """Return a clock that tests advance."""
    return Clock()


@pytest.fixture
def stand_in(clock: Clock) -> Iterator[StandIn]:
    """Yield a stand-in for all providers."""
    with StandIn(clock=clock) as stand_in:
        yield stand_in


def made(stand_in: StandIn, clock: Clock, **settings: Any) -> Flask:
    """Return an application whose refresh is started by tests."""
    return create_app(clock, **{**settings_for(stand_in), "cache_warming_enabled": True, **settings})


def warming(app: Flask) -> Warming:
    """Return the background refresh of an application."""
    return services_of(app).warming


def test_prices_and_the_usual_series_are_refreshed(stand_in: StandIn, clock: Clock) -> None:
    """After a refresh of prices and the usual series, the first client's request calls no provider."""
    app = made(stand_in, clock)
    done = warming(app).tick()
    stand_in.calls.forget()

    assert done == ["prices", *(f"{coin}:{code}" for coin in ("BTC", "ETH", "SOL") for code in USUAL)]
    prices(app.test_client())
    ohlcv(app.test_client(), "symbol=BTC&limit=100")
    assert stand_in.calls.count() == 0


def test_any_request_keeps_it_running(stand_in: StandIn, clock: Clock) -> None:
    """Requests for sentiment, news and overview keep the refresh running as well."""
    app = made(stand_in, clock, enable_news=True)
    for ask in (sentiment, news, overview):
        clock.advance(3601)
        assert warming(app).tick() == []
        ask(app.test_client())
        assert "prices" in warming(app).tick()


def test_each_in_its_own_time(stand_in: StandIn, clock: Clock) -> None:
    """Prices are refreshed every 30 seconds and candles every 300."""
    refresher = warming(made(stand_in, clock, cache_warming_symbols=("BTC",)))
    refresher.tick()
    clock.advance(29)
    assert refresher.tick() == []
    clock.advance(1)
    assert refresher.tick() == ["prices"]
    clock.advance(270)
    assert len(refresher.tick()) == 8


def test_it_rests_until_something_is_due(stand_in: StandIn, clock: Clock) -> None:
    """The refresh rests until prices are due, and after an hour without clients only looks for new ones."""
    refresher = warming(made(stand_in, clock, cache_warming_symbols=("BTC",)))
    assert refresher.pause() == LATE
    refresher.tick()
    assert refresher.pause() == 30 + LATE
    clock.advance(29)
    assert refresher.pause() == 1 + LATE
    clock.advance(2)
    assert refresher.pause() == LATE
    clock.advance(3600)
    assert refresher.pause() == LOOK


def test_a_slow_round_is_followed_by_one_in_time(
    stand_in: StandIn, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A series that came late in its round is still fresh when the next one begins: its turn comes later."""
    refresher = warming(made(stand_in, clock, cache_warming_symbols=("BTC",)))
    refresh = Candles.refresh

    def slowly(*given: Any) -> None:
        refresh(*given)
        clock.advance(2)

    with monkeypatch.context() as slow:
        slow.setattr(Candles, "refresh", slowly)
        refresher.tick()
    stand_in.calls.forget()
    until = clock() + 310
    while clock() < until:
        clock.advance(max(1, refresher.pause()))
        refresher.tick()

    assert any("interval=1h" in call.query for call in stand_in.calls.list("binance", "klines"))


def test_a_second_round_asks_for_what_is_new_only(stand_in: StandIn, clock: Clock) -> None:
    """A second refresh requests only the new candles of each series."""
    refresher = warming(made(stand_in, clock, cache_warming_symbols=("BTC",)))
    refresher.tick()
    stand_in.calls.forget()
    clock.advance(300)
    refresher.tick()

    assert all("startTime" in call.query for call in stand_in.calls.list("binance", "klines"))


def test_it_stops_after_an_hour_without_requests(stand_in: StandIn, clock: Clock) -> None:
    """The refresh stops after an hour without requests, and continues with the next client."""
    app = made(stand_in, clock)
    warming(app).tick()
    clock.advance(3601)
    assert warming(app).tick() == []

    ohlcv(app.test_client(), "symbol=ADA")
    assert "prices" in warming(app).tick()


def test_it_takes_no_more_than_half_of_a_budget(stand_in: StandIn, clock: Clock) -> None:
    """The refresh spends at most half of a provider's budget and leaves the rest to clients."""
    app = made(stand_in, clock, providers_candles=("kraken",), providers_quotes=("kraken",))
    warming(app).tick()
    kraken = next(up for up in services_of(app).market.upstreams if up.name == "kraken")

    assert kraken.budget.spent <= kraken.budget.most / 2


def test_a_failure_leaves_things_as_they_are(stand_in: StandIn, clock: Clock) -> None:
    """A failed refresh has no effect on clients."""
    app = made(stand_in, clock, providers_candles=("kraken",), providers_quotes=("kraken",))
    stand_in.fault("kraken", Fault("status", status=500))

    assert "prices" in warming(app).tick()


def test_it_can_be_disabled(stand_in: StandIn, clock: Clock) -> None:
    """`CACHE_WARMING_ENABLED=false` disables the refresh."""
    refresher = warming(made(stand_in, clock, cache_warming_enabled=False))
    refresher.start()

    assert not refresher.running


def test_it_runs_in_a_thread_of_its_own(stand_in: StandIn, clock: Clock) -> None:
    """The refresh runs in its own thread from start to stop."""
    refresher = warming(made(stand_in, clock))
    refresher.start()
    assert refresher.running

    refresher.stop()
    assert not refresher.running


class Broken:
    """A market whose prices and first series raise unforeseen errors."""

    def __init__(self, clock: Clock) -> None:
        self.prices = self.candles = self.answers = self
        self.asked = clock()
        self.series: list[Pair] = []

    def refresh(self, pair: Pair | None = None, interval: Interval | None = None, since: float = 0.0) -> None:
        """Fail unexpectedly for prices and for the first series."""
        if pair is None:
            raise RuntimeError
        self.series.append(pair)
        if len(self.series) == 1:
            raise RecursionError


def test_nothing_ends_it(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """Unexpected errors are logged, and the other refreshes continue."""
    market = Broken(clock)
    settings = Settings(cache_warming_symbols=("BTC",))
    refresher = Warming(cast(Market, market), Store(MemoryCache()), settings, clock)
    refresher.start()
    eventually(lambda: len(market.series) == len(USUAL))

    assert refresher.running
    refresher.stop()
    assert caplog.text.count("the background refresh failed unexpectedly") == 2
