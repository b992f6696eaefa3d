"""`GET /api/health`."""

import time

import pytest
from flask.testing import FlaskClient

from engine.market.status.rows import overall
from engine.version import VERSION
from schemas import HealthAnswer
from tests.clock import Clock
from tests.engine.web.api.answers import Json, failure, held, ohlcv, prices
from tests.engine.web.conftest import Make
from tests.everybody import CANDLES, QUOTES
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually, quickest


def health(client: FlaskClient) -> Json:
    """Return the report."""
    response = client.get("/api/health")
    assert response.status_code == 200
    return held(HealthAnswer, response.json)


def statuses(client: FlaskClient) -> dict[str, str]:
    """Return each provider's status."""
    return {row["name"]: row["status"] for row in health(client)["providers"]}


def test_before_the_first_call(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """The report calls no provider and claims nothing."""
    clock.advance(90)
    report = health(client)

    assert report["status"] == "degraded"
    assert report["uptime"] == 90
    assert report["version"] == VERSION
    assert report["timestamp"] == int(clock())
    assert report["cache"] == {"size": 0, "hitRate": None}
    assert "mode" not in report
    assert set(statuses(client).values()) == {"unknown", "disabled"}
    assert stand_in.calls.count() == 0


def test_when_all_is_well(client: FlaskClient) -> None:
    """With a working provider for candles and one for prices, the engine is healthy."""
    ohlcv(client, "symbol=BTC")
    prices(client, "symbols=BTC")
    prices(client, "symbols=BTC")
    report = health(client)

    assert report["status"] == "healthy"
    assert report["cache"] == {"size": report["cache"]["size"], "hitRate": pytest.approx(1 / 3)}
    assert report["providers"][0] == {
        "name": "binance",
        "status": "online",
        "latency": report["providers"][0]["latency"],
        "lastCheck": "2026-11-22T16:40:30Z",
    }


def test_when_answers_come_from_fallbacks(client: FlaskClient, stand_in: StandIn) -> None:
    """With answers from fallbacks the engine is degraded, and a provider that refuses it is blocked."""
    stand_in.fault("binance", Fault("status", status=451))
    ohlcv(client, "symbol=BTC")

    assert health(client)["status"] == "degraded"
    assert statuses(client)["binance"] == "blocked"


def test_when_no_provider_works(client: FlaskClient, stand_in: StandIn) -> None:
    """Without a working provider the engine is unhealthy, in spite of former successes and cached data."""
    prices(client, "symbols=BTC")
    for name in QUOTES:
        stand_in.fault(name, Fault("reset"))
    failure(client, "/api/prices?symbols=ETH", 503)

    assert health(client)["status"] == "unhealthy"


def test_it_never_waits_for_a_provider(make: Make, stand_in: StandIn) -> None:
    """Health answers at once while every provider hangs."""
    for name in QUOTES:
        stand_in.fault(name, Fault("hang"))
    client = make(prices_deadline_seconds=0.1)
    failure(client, "/api/prices?symbols=BTC", 503)
    seconds, known = quickest(lambda: health(client), enough=0.1)

    assert known["providers"]
    assert seconds < 0.1


@pytest.mark.parametrize(
    ("candles", "quotes", "status"),
    [
        (["unknown"], ["unknown"], "degraded"),
        (["online", "offline"], ["online", "offline"], "healthy"),
        (["unknown", "online"], ["online"], "healthy"),
        (["blocked", "online"], ["blocked", "online"], "degraded"),
        (["offline", "blocked"], ["degraded"], "unhealthy"),
        (["online"], ["offline"], "degraded"),
        (["offline"], ["online"], "degraded"),
        ([], ["online"], "degraded"),
    ],
)
def test_the_status_follows_from_the_providers(candles: list[str], quotes: list[str], status: str) -> None:
    """The status follows from the known providers, and unknown ones do not count."""
    assert overall(candles, quotes) == status


def test_ready_once_there_is_data(client: FlaskClient, stand_in: StandIn) -> None:
    """Readiness is 503 until there is data, and its request starts a fetch without waiting."""
    assert client.get("/api/health/ready").status_code == 503
    for _ in range(500):
        if client.get("/api/health/ready").status_code == 200:
            break
        time.sleep(0.01)

    assert client.get("/api/health/ready").get_json() == {"ready": True}
    eventually(lambda: stand_in.calls.count("binance") == 1)


def test_not_ready_while_no_provider_answers(make: Make, stand_in: StandIn) -> None:
    """Readiness stays 503 after a failed fetch, and no error is raised."""
    stand_in.fault("kraken", Fault("status", status=500))
    client = make(providers_quotes=("kraken",))
    while not stand_in.calls.count("kraken"):
        assert client.get("/api/health/ready").status_code == 503

    assert client.get("/api/health/ready").status_code == 503


def test_not_ready_by_other_data_than_candles_and_prices(make: Make, stand_in: StandIn) -> None:
    """The Fear & Greed index alone makes no server ready, which has no market data yet."""
    for name in {*CANDLES, *QUOTES}:
        stand_in.fault(name, Fault("status", status=500))
    client = make(providers_quotes=("kraken",))
    assert client.get("/api/sentiment").status_code == 200

    assert client.get("/api/health/ready").status_code == 503


def test_a_demo_is_marked(make: Make) -> None:
    """In a demo the report and every source are marked."""
    client = make(demo=True)

    assert health(client)["mode"] == "demo"
    assert ohlcv(client, "symbol=BTC")["source"] == "demo:binance"
    answer = prices(client, "symbols=BTC")
    assert answer["source"] == "demo:multi-provider"
    assert {source["provider"][:5] for source in answer["data"][0]["sources"]} == {"demo:"}
