"""`POST /api/hf/refresh`: once a minute, what is kept, within the background's share."""

from typing import cast

import pytest
from flask.testing import FlaskClient

from engine.errors import ApiError
from engine.jobs.refreshing import Refreshing
from engine.market import Market
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.web.services import services_of
from providers import Interval, Pair
from schemas import ErrorAnswer
from schemas.compat.dreammaker import RefreshReport
from tests.clock import Clock
from tests.engine.web.api.answers import Json, held
from tests.engine.web.compat.answers import AXIOS
from tests.engine.web.compat.test_dreammaker import fail_all
from tests.upstreams import Fault, StandIn

PATH = "/api/hf/refresh"


def refresh(client: FlaskClient) -> Json:
    """A good report."""
    response = client.post(PATH, json={}, headers=AXIOS)
    assert response.status_code == 200, response.text
    return held(RefreshReport, response.json)


def test_it_says_what_it_refreshed(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Prices, and the series that somebody has asked for."""
    client.get("/api/ohlcv?symbol=BTC&interval=4h")
    client.get("/compat/cryptocompare/histohour?fsym=ETH&tsym=USD&limit=100")
    clock.advance(20)
    report = refresh(client)

    assert sorted(report["refreshed"]) == ["BTCUSDT 4h", "ETHUSD 1h", "prices"]
    assert report["failed"] == {}
    assert report["pending"] == []
    assert report["timestamp"] == "2026-11-22T16:40:50Z"
    assert client.get("/api/ohlcv?symbol=BTC&interval=4h").get_json()["meta"]["ageSeconds"] == 0


def test_not_twice_in_a_minute(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Nobody is asked again, and the report says when there will be a next time."""
    refresh(client)
    stand_in.calls.forget()
    clock.advance(20)
    report = refresh(client)

    assert report["refreshed"] == []
    assert report["retry_after"] == 40
    assert stand_in.calls.list() == []


def test_again_after_a_minute(client: FlaskClient, clock: Clock) -> None:
    """The turn of all workers is over."""
    market = services_of(client.application).market
    refreshing = Refreshing(market, Store(MemoryCache(clock=clock), clock=clock), ("BTC",), clock)
    reports = []
    for seconds in (0, 59, 1):
        clock.advance(seconds)
        reports.append(refreshing.refresh())

    assert [report.done for report in reports] == [["prices"], [], ["prices"]]
    assert [report.wait for report in reports] == [60, 1, 60]


def test_once_for_all_workers(client: FlaskClient, clock: Clock) -> None:
    """Those that share a store share the turn."""
    market = services_of(client.application).market
    store = Store(MemoryCache(clock=clock), clock=clock)
    one, other = (Refreshing(market, store, (), clock) for _ in range(2))

    assert (one.refresh().done, other.refresh().done) == (["prices"], [])


def test_that_nothing_could_be_refreshed_is_a_failure(client: FlaskClient, stand_in: StandIn) -> None:
    """Its clients take any 2xx as done."""
    fail_all(stand_in)
    response = client.post(PATH, json={})

    assert response.status_code == 503
    assert held(ErrorAnswer, response.json)["error"]["details"]["kraken"] == "HTTP 500"


def test_what_failed_is_named(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """With the reasons, beside what was refreshed."""
    client.get("/api/ohlcv?symbol=BTC&interval=4h")
    clock.advance(10)
    for name in stand_in.base_urls():
        provider = name.removesuffix("_BASE_URL").lower()
        for path in ("kline", "OHLC", "ohlc", "candle"):
            stand_in.fault(provider, Fault("status", status=500, path=path))
    report = refresh(client)

    assert report["refreshed"] == ["prices"]
    assert report["failed"]["BTCUSDT 4h"]["binance"] == "HTTP 500"


def test_it_leaves_half_of_a_budget_to_clients(client: FlaskClient, stand_in: StandIn) -> None:
    """Whoever has less than that left is not asked."""
    market = services_of(client.application).market
    kraken = next(upstream for upstream in market.upstreams if upstream.name == "kraken")
    kraken.budget.spend(kraken.budget.most // 2)
    refresh(client)

    assert stand_in.calls.list("kraken") == []
    assert stand_in.calls.list("binance") != []


def test_nothing_has_to_be_said(client: FlaskClient) -> None:
    """What is said all the same does not matter."""
    assert client.post(PATH, json={"force": True}).status_code == 200


class HalfBroken:
    """A market of which one series fails in a way that nobody has foreseen."""

    def __init__(self, *, prices: bool) -> None:
        self.prices = HalfBrokenPrices(works=prices)
        self.candles = BrokenCandles()


class HalfBrokenPrices:
    """Prices that can be refreshed, or cannot."""

    def __init__(self, *, works: bool) -> None:
        self._works = works

    def refresh(self, since: float) -> None:
        """Work, or do not."""
        if not self._works:
            raise RuntimeError


class BrokenCandles:
    """Hours of tether markets that can never be refreshed."""

    def refresh(self, pair: Pair, interval: Interval, since: float) -> None:
        """Never work."""
        raise RuntimeError

    def keeps(self, pair: Pair, interval: Interval) -> bool:
        """Keep hours of tether markets."""
        return (pair.quote, interval.code) == ("USDT", "1h")


def test_what_fails_unforeseen_stops_nothing_else(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """It is among what failed, and logged; where nothing else was to be done, that is a failure of ours."""
    market = cast(Market, HalfBroken(prices=True))
    report = Refreshing(market, Store(MemoryCache()), ("BTC",), clock).refresh()

    assert (report.done, set(report.failed)) == (["prices"], {"BTCUSDT 1h"})
    assert "RuntimeError" not in str(report.failed)
    assert "unforeseen failure" in caplog.text
    with pytest.raises(ApiError, match="Internal server error"):
        Refreshing(cast(Market, HalfBroken(prices=False)), Store(MemoryCache()), ("BTC",), clock).refresh()
