"""Two hosts share a Redis, and the clock of one is five minutes ahead."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine import create_app
from engine.cache import ANSWER_SHARED, KEPT
from engine.store.key_prefix import KEY_PREFIX, name_of
from engine.upstream._circuit import LONGEST_REST
from tests.clock import Clock
from tests.engine.web.conftest import settings_for
from tests.redis_server import RedisServer, needs_redis
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually

pytestmark = needs_redis

AHEAD = 300.0
PRICES = "/api/prices?symbols=BTC"
DATA = (
    PRICES,
    "/api/ohlcv?symbol=BTC",
    "/api/sentiment",
    "/api/news",
    "/api/market/overview",
)
Host = Callable[[float], FlaskClient]
Connection = Any


@pytest.fixture
def host(server: RedisServer, connection: Connection, stand_in: StandIn, clock: Clock) -> Host:
    """Return a function that makes a host whose clock is so many seconds ahead."""
    settings = {**settings_for(stand_in), "cache_type": "redis", "redis_url": server.url, "enable_news": True}
    return lambda seconds: create_app(lambda: clock() + seconds, **settings).test_client()


def lie(connection: Connection, kind: str, kept: float, seconds: float) -> None:
    """Make values of a `kind`, with a lifetime of `kept` seconds, look stored `seconds` ago."""
    names = connection.keys(f"{name_of(KEY_PREFIX, kind)}*")
    assert names
    for name in names:
        answer = name.startswith(f"{KEY_PREFIX}answer:".encode())
        connection.expire(name, int((ANSWER_SHARED if answer else kept) - seconds))


def break_all_venues(stand_in: StandIn) -> None:
    """Let every venue fail."""
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("status", status=500))


def ask(client: FlaskClient, path: str) -> Any:
    """Return the JSON of an answer with status 200."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def taught(host: Host, seconds: float, *paths: str) -> FlaskClient:
    """Return a host that has learnt the time from providers, and has requested data."""
    client = host(seconds)
    for path in paths:
        client.get(path)
        ask(client, path)
    return client


@pytest.mark.parametrize("path", DATA)
def test_a_value_of_the_future_is_fetched_at_once(
    host: Host, stand_in: StandIn, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A value from the future is fetched at once, and the difference of the clocks is logged."""
    taught(host, AHEAD, path)
    calls = stand_in.calls.count()
    answer = ask(host(0.0), path)

    assert stand_in.calls.count() > calls
    assert answer["meta"]["stale"] is False
    # Redis measures real time, which a busy machine takes between the two requests.
    assert re.search(r"clock of another host is 3\d\d seconds ahead", caplog.text)


@pytest.mark.parametrize("path", DATA)
def test_with_every_venue_down_it_is_stale(
    host: Host, stand_in: StandIn, connection: Connection, path: str
) -> None:
    """While all venues fail, a value from the future is stale, and at least as old as its time in Redis."""
    taught(host, AHEAD, path)
    lie(connection, "", KEPT, 200)
    break_all_venues(stand_in)
    answer = ask(host(0.0), path)

    assert answer["meta"]["stale"] is True
    assert answer["meta"]["ageSeconds"] >= 199


def test_it_does_not_look_fresh_when_the_clock_reaches_its_time(
    host: Host, stand_in: StandIn, connection: Connection, clock: Clock
) -> None:
    """A value from the future does not look fresh when the clock reaches its time."""
    taught(host, AHEAD, PRICES)
    break_all_venues(stand_in)
    lie(connection, "", KEPT, AHEAD + 5)
    clock.advance(AHEAD + 5)
    answer = ask(host(0.0), PRICES)

    assert answer["meta"]["stale"] is True
    assert answer["meta"]["ageSeconds"] >= AHEAD + 4


def test_a_value_of_a_slow_host_is_never_too_young(host: Host, stand_in: StandIn) -> None:
    """A value of a slow host is stale to the other host, and is fetched."""
    taught(host, -AHEAD, PRICES)
    break_all_venues(stand_in)
    answer = ask(host(0.0), PRICES)

    assert answer["meta"]["stale"] is True
    assert answer["meta"]["ageSeconds"] >= AHEAD - 1


def test_hosts_with_equal_clocks_share_values(host: Host, stand_in: StandIn) -> None:
    """Hosts whose clocks differ by a second share values."""
    taught(host, 1.0, PRICES)
    calls = stand_in.calls.count()

    assert ask(host(0.0), PRICES)["meta"]["stale"] is False
    assert stand_in.calls.count() == calls


def test_a_failure_of_the_future_does_not_last_longer(
    host: Host, stand_in: StandIn, connection: Connection
) -> None:
    """A failure from the future is at least as old as its time in Redis, and lasts no longer."""
    break_all_venues(stand_in)
    assert host(AHEAD).get(PRICES).status_code == 503
    stand_in.heal()
    lie(connection, "failed:", KEPT, 10)

    assert ask(host(0.0), PRICES)["data"]


def test_a_circuit_is_open_for_as_long_as_it_should(
    host: Host, stand_in: StandIn, connection: Connection, clock: Clock
) -> None:
    """A circuit is open for its intended time, whatever the clock of the host that opened it."""
    stand_in.fault("kraken", Fault("status", status=429, headers={"Retry-After": "20"}))
    host(24 * 3600.0).get(PRICES)
    stand_in.heal()
    other = host(0.0)
    assert "kraken" in ask(other, PRICES)["meta"]["providers"]
    calls = stand_in.calls.count("kraken")
    lie(connection, "circuit:kraken", 20 + LONGEST_REST, 25)
    clock.advance(31)  # so that prices are asked for again
    ask(other, PRICES)

    eventually(lambda: stand_in.calls.count("kraken") > calls)  # the trial


def test_a_refresh_of_the_future_does_not_make_all_answers_stale(host: Host, stand_in: StandIn) -> None:
    """After a refresh from the future, later answers are used, and clients wait for a minute at most."""
    ahead = taught(host, AHEAD, PRICES)
    assert ahead.post("/api/hf/refresh", json={}).status_code == 200
    other = host(0.0)
    ask(other, PRICES)

    def hit_rate() -> float:
        ask(other, PRICES)
        return float(ask(other, "/api/health")["cache"]["hitRate"])

    eventually(hit_rate)
    assert 0 < other.post("/api/hf/refresh", json={}).get_json()["retry_after"] <= 60


def test_times_of_the_future_are_not_served(host: Host, clock: Clock) -> None:
    """The time of a provider's last call is never later than now."""
    taught(host, AHEAD, PRICES)
    reader = host(0.0)

    def checked() -> set[str]:
        return {row["lastCheck"] for row in ask(reader, "/api/health")["providers"]} - {None}

    eventually(checked)  # states of other hosts are read in the background where Redis is slow
    assert checked() == {"2026-11-22T16:40:30Z"}
