"""What happened and what is wrong, over the stand-in: the use cases behind logs and alerts."""

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


def told(client: FlaskClient) -> list[Event]:
    """Every event, the newest first."""
    market = services_of(client.application).market
    return market.events(MOST)


def wrong(client: FlaskClient) -> dict[str, str]:
    """What is wrong now: messages by id."""
    market = services_of(client.application).market
    return {alert.id: alert.message for alert in market.status.alerts()}


def test_nothing_happens_while_all_is_well(client: FlaskClient) -> None:
    """Answers are no events."""
    ohlcv(client, "symbol=BTC")
    prices(client, "symbols=BTC")

    assert told(client) == []
    assert wrong(client) == {}


def test_a_region_block_is_a_failure_an_open_circuit_and_a_fallback(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """Each is published once, with its provider, however many markets fall back."""
    stand_in.fault("binance", Fault("status", status=451))
    ohlcv(client, "symbol=BTC")
    ohlcv(client, "symbol=ETH")

    assert [(event.kind, event.provider, event.message) for event in reversed(told(client))] == [
        ("ProviderFailed", "binance", "binance failed: Region blocked"),
        ("CircuitOpened", "binance", "binance circuit open for 3600 s: Region blocked"),
        ("FallbackTaken", "kraken", "kraken serves instead of binance: Region blocked"),
    ]
    assert {event.time for event in told(client)} == {clock()}
    assert wrong(client) == {"binance:blocked": "binance refuses this host's region: Region blocked"}


def test_a_recovery_is_published_and_alerts_end(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """The trial that succeeds closes the circuit."""
    stand_in.fault("binance", Fault("status", status=451))
    ohlcv(client, "symbol=BTC")
    stand_in.heal()
    clock.advance(3601)
    ohlcv(client, "symbol=BTC")

    eventually(lambda: told(client)[0].message == "binance answers again")
    assert wrong(client) == {}


def test_old_data_in_use_is_an_alert_for_as_long_as_it_is(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """The endpoint is named, and forgotten a minute after the last refresh that failed."""
    prices(client, "symbols=BTC")
    for provider in stand_in.base_urls():
        stand_in.fault(provider.removesuffix("_BASE_URL").lower(), Fault("status", status=500))
    clock.advance(61)
    prices(client, "symbols=BTC")

    assert wrong(client)["/api/prices:stale"] == "/api/prices serves stale data"
    (kept,) = [event for event in told(client) if event.kind == "StaleKept"]
    assert (kept.endpoint, kept.message) == ("/api/prices", "refresh failed; keeping 1 cached entry")
    clock.advance(61)
    assert "/api/prices:stale" not in wrong(client)


def test_a_spent_budget_is_published_once(client: FlaskClient, clock: Clock) -> None:
    """However many calls it keeps away, and no longer than its period."""
    market = services_of(client.application).market
    upstream = next(one for one in market.upstreams if one.name == "coingecko")
    upstream.budget.correct(10**6)
    for _ in range(3):
        prices(client, "symbols=BTC")
        clock.advance(0.1)

    spent = [event for event in told(client) if event.kind == "BudgetSpent"]
    assert [event.provider for event in spent] == ["coingecko"]
    assert "coingecko:budget" in wrong(client)

    clock.advance(upstream.budget.period)
    assert "coingecko:budget" not in wrong(client)


class TestRing:
    """What is remembered."""

    def test_only_the_newest_are_kept(self) -> None:
        """Newest first, and at most as many as requested."""
        events = Events(Store(MemoryCache()))
        for time in range(MOST + 10):
            events.publish(ProviderFailed(time, "kraken", reason="Timeout"))

        kept = events.recent()
        assert [event.time for event in kept] == list(range(MOST + 9, 9, -1))
        assert [event.time for event in events.recent(2)] == [MOST + 9, MOST + 8]

    def test_what_a_provider_wrote_is_for_the_log_only(self, caplog: pytest.LogCaptureFixture) -> None:
        """Its words appear in the log, and not in the public message."""
        events = Events(Store(MemoryCache()))
        events.publish(ProviderFailed(1.0, "kraken", reason="Bad data", detail="odd words"))

        assert events.recent()[0].message == "kraken failed: Bad data"
        assert caplog.messages == ["kraken failed: Bad data (odd words)"]

    @needs_redis
    def test_all_workers_tell_the_same(self) -> None:
        """What one of them noticed is seen by the others."""
        from cachelib import RedisCache

        with RedisServer() as server, server.client() as client:
            one, other = (Events(Store(MemoryCache(), RedisCache(client))) for _ in range(2))
            one.publish(ProviderFailed(1.0, "kraken", reason="Timeout"))
            other.publish(ProviderFailed(2.0, "okx", reason="Timeout"))

            assert [event.provider for event in one.recent()] == ["okx", "kraken"]
            assert one.recent() == other.recent()
