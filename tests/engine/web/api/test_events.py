"""Events and alerts over the stand-in."""

import pytest
from flask.testing import FlaskClient

from engine.store import Store
from engine.store.memory import MemoryCache
from engine.telemetry.event_log import MOST, Event, Events, ProviderFailed
from engine.web.services import services_of
from tests.clock import Clock
from tests.engine.web.api.answers import ohlcv, prices
from tests.redis_server import RedisServer, needs_redis
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually


def events(client: FlaskClient) -> list[Event]:
    """Return every event, the newest first."""
    market = services_of(client.application).market
    return market.events(MOST)


def alerts(client: FlaskClient) -> dict[str, str]:
    """Return the messages of current alerts by id."""
    market = services_of(client.application).market
    return {alert.id: alert.message for alert in market.status.alerts()}


def test_without_failures_there_are_no_events(client: FlaskClient) -> None:
    """Answers without failures publish no events."""
    ohlcv(client, "symbol=BTC")
    prices(client, "symbols=BTC")

    assert events(client) == []
    assert alerts(client) == {}


def test_a_region_block_is_a_failure_an_open_circuit_and_a_fallback(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """A region block publishes a failure, an open circuit and a fallback, once for all markets."""
    stand_in.fault("binance", Fault("status", status=451))
    ohlcv(client, "symbol=BTC")
    ohlcv(client, "symbol=ETH")

    assert [(event.kind, event.provider, event.message) for event in reversed(events(client))] == [
        ("ProviderFailed", "binance", "binance failed: Region blocked"),
        ("CircuitOpened", "binance", "binance circuit open for 3600 s: Region blocked"),
        ("FallbackTaken", "kraken", "kraken serves instead of binance: Region blocked"),
    ]
    assert {event.time for event in events(client)} == {clock()}
    assert alerts(client) == {"binance:blocked": "binance refuses this host's region: Region blocked"}


def test_a_recovery_is_published_and_alerts_end(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A successful trial call closes the circuit."""
    stand_in.fault("binance", Fault("status", status=451))
    ohlcv(client, "symbol=BTC")
    stand_in.heal()
    clock.advance(3601)
    ohlcv(client, "symbol=BTC")

    eventually(lambda: events(client)[0].message == "binance answers again")
    assert alerts(client) == {}


def test_stale_data_in_use_is_an_alert(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Stale data is an alert with its endpoint, which ends a minute after the last failed refresh."""
    prices(client, "symbols=BTC")
    for provider in stand_in.base_urls():
        stand_in.fault(provider.removesuffix("_BASE_URL").lower(), Fault("status", status=500))
    clock.advance(61)
    prices(client, "symbols=BTC")

    assert alerts(client)["/api/prices:stale"] == "/api/prices serves stale data"
    (kept,) = [event for event in events(client) if event.kind == "StaleKept"]
    assert (kept.endpoint, kept.message) == ("/api/prices", "refresh failed; keeping 1 cached entry")
    clock.advance(61)
    assert "/api/prices:stale" not in alerts(client)


def test_a_spent_budget_is_published_once(client: FlaskClient, clock: Clock) -> None:
    """A spent budget is published once per period."""
    market = services_of(client.application).market
    upstream = next(one for one in market.upstreams if one.name == "coingecko")
    upstream.budget.correct(10**6)
    for _ in range(3):
        prices(client, "symbols=BTC")
        clock.advance(0.1)

    spent = [event for event in events(client) if event.kind == "BudgetSpent"]
    assert [event.provider for event in spent] == ["coingecko"]
    assert "coingecko:budget" in alerts(client)

    clock.advance(upstream.budget.period)
    assert "coingecko:budget" not in alerts(client)


class TestRing:
    """Tests of the events in memory."""

    def test_only_the_newest_are_kept(self) -> None:
        """A list of events has the newest first, and at most as many as requested."""
        events = Events(Store(MemoryCache()))
        for time in range(MOST + 10):
            events.publish(ProviderFailed(time, "kraken", reason="Timeout"))

        kept = events.recent()
        assert [event.time for event in kept] == list(range(MOST + 9, 9, -1))
        assert [event.time for event in events.recent(2)] == [MOST + 9, MOST + 8]

    def test_the_text_of_a_provider_is_logged_only(self, caplog: pytest.LogCaptureFixture) -> None:
        """The public message of an event has no text of a provider, which only the log has."""
        events = Events(Store(MemoryCache()))
        events.publish(ProviderFailed(1.0, "kraken", reason="Bad data", detail="odd words"))

        assert events.recent()[0].message == "kraken failed: Bad data"
        assert caplog.messages == ["kraken failed: Bad data (odd words)"]

    @needs_redis
    def test_all_workers_list_the_same_events(self) -> None:
        """An event of one worker is listed by the others, once their copies are up to date.

        A busy machine takes longer for that than callers wait.
        """
        from cachelib import RedisCache

        with RedisServer() as server, server.client() as client:
            one, other = (Events(Store(MemoryCache(), RedisCache(client))) for _ in range(2))
            one.publish(ProviderFailed(1.0, "kraken", reason="Timeout"))
            other.publish(ProviderFailed(2.0, "okx", reason="Timeout"))

            def listed(events: Events) -> list[str | None]:
                return [event.provider for event in events.recent()]

            eventually(lambda: listed(one) == listed(other) == ["okx", "kraken"])
            assert one.known() == other.known()
