"""`POST /api/hf/refresh`: once a minute, for cached data, within the background's share."""

from typing import cast

import pytest
from flask.testing import FlaskClient

from engine.errors import ApiError
from engine.jobs.requested_refresh import RequestedRefresh
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
    """Return a report with status 200."""
    response = client.post(PATH, json={}, headers=AXIOS)
    assert response.status_code == 200, response.text
    return held(RefreshReport, response.json)


def test_the_report_lists_refreshed_data(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """The report lists prices and the series that clients have requested."""
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
    """A second refresh within a minute calls no provider, and its report has the seconds to wait."""
    refresh(client)
    stand_in.calls.forget()
    clock.advance(20)
    report = refresh(client)

    assert report["refreshed"] == []
    assert report["retry_after"] == 40
    assert stand_in.calls.list() == []


def test_again_after_a_minute(client: FlaskClient, clock: Clock) -> None:
    """After a minute any worker may refresh again."""
    market = services_of(client.application).market
    requested = RequestedRefresh(market, Store(MemoryCache(clock=clock), clock=clock), ("BTC",), clock)
    reports = []
    for seconds in (0, 59, 1):
        clock.advance(seconds)
        reports.append(requested.refresh())

    assert [report.done for report in reports] == [["prices"], [], ["prices"]]
    assert [report.wait for report in reports] == [60, 1, 60]


def test_once_for_all_workers(client: FlaskClient, clock: Clock) -> None:
    """Workers with a common store share the limit of one refresh per minute."""
    market = services_of(client.application).market
    store = Store(MemoryCache(clock=clock), clock=clock)
    one, other = (RequestedRefresh(market, store, (), clock) for _ in range(2))

    assert (one.refresh().done, other.refresh().done) == (["prices"], [])


def test_a_refresh_without_success_is_a_failure(client: FlaskClient, stand_in: StandIn) -> None:
    """A refresh without success is a failure, because clients take any 2xx as success."""
    fail_all(stand_in)
    response = client.post(PATH, json={})

    assert response.status_code == 503
    assert held(ErrorAnswer, response.json)["error"]["details"]["kraken"] == "HTTP 500"


def test_failures_are_listed(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Failures are listed with their reasons, beside the refreshed data."""
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
    """A provider with less than half of its budget left is not called."""
    market = services_of(client.application).market
    kraken = next(upstream for upstream in market.upstreams if upstream.name == "kraken")
    kraken.budget.spend(kraken.budget.most // 2)
    refresh(client)

    assert stand_in.calls.list("kraken") == []
    assert stand_in.calls.list("binance") != []


def test_a_body_is_optional(client: FlaskClient) -> None:
    """A body is optional, and its content is ignored."""
    assert client.post(PATH, json={"force": True}).status_code == 200


class HalfBroken:
    """A market with one series that fails unexpectedly."""

    def __init__(self, *, prices: bool) -> None:
        self.prices = HalfBrokenPrices(works=prices)
        self.candles = BrokenCandles()


class HalfBrokenPrices:
    """Prices whose refresh works or fails."""

    def __init__(self, *, works: bool) -> None:
        self._works = works

    def refresh(self, since: float) -> None:
        """Refresh, or fail."""
        if not self._works:
            raise RuntimeError


class BrokenCandles:
    """Hours in tether whose refresh always fails."""

    def refresh(self, pair: Pair, interval: Interval, since: float) -> None:
        """Fail."""
        raise RuntimeError

    def kept(self, pair: Pair, interval: Interval) -> tuple[object, int]:
        """Keep hours of tether markets."""
        return (pair.quote, interval.code) if (pair.quote, interval.code) == ("USDT", "1h") else None, 0


def test_an_unforeseen_failure_does_not_stop_the_others(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """An unforeseen failure is listed and logged, and without any success it is an internal error."""
    market = cast(Market, HalfBroken(prices=True))
    report = RequestedRefresh(market, Store(MemoryCache()), ("BTC",), clock).refresh()

    assert (report.done, set(report.failed)) == (["prices"], {"BTCUSDT 1h"})
    assert "RuntimeError" not in str(report.failed)
    assert "unforeseen failure" in caplog.text
    with pytest.raises(ApiError, match="Internal server error"):
        RequestedRefresh(
            cast(Market, HalfBroken(prices=False)), Store(MemoryCache()), ("BTC",), clock
        ).refresh()
