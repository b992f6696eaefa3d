"""The compatible interfaces serve values that a worker keeps ready, as the engine's own serves bytes."""

import pytest
from flask.testing import FlaskClient

from engine.web.services import services_of
from providers import discover
from tests.clock import Clock
from tests.engine.web.conftest import Make
from tests.redis_server import RedisServer, needs_redis
from tests.upstreams import Fault, StandIn

KLINES = "/compat/binance/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=60"
PRICE = "/compat/coingecko/api/v3/simple/price?ids=bitcoin&vs_currencies=usd"
TOP = "/api/crypto/prices/top"
PATHS = (KLINES, PRICE, TOP, "/compat/coingecko/api/v3/global", "/compat/binance/api/v3/ticker/24hr")


def fail_all(stand_in: StandIn) -> None:
    """Let every provider fail."""
    for provider in discover():
        stand_in.fault(provider.name, Fault("status", status=500))


@needs_redis
@pytest.mark.parametrize("path", PATHS)
def test_a_repeated_request_reads_no_entry_from_redis(make: Make, path: str, server: RedisServer) -> None:
    """A repeated request for a fresh value costs only the near cache's round trip to Redis."""
    with server.client() as connection:
        connection.flushall()
        client = make(cache_type="redis", redis_url=server.url)
        for _ in range(2):
            assert client.get(path).status_code == 200
        connection.config_resetstat()
        for _ in range(10):
            client.get(path)
        calls = connection.info("commandstats").get("cmdstat_get", {}).get("calls", 0)

    assert calls <= 2


def test_a_request_counts_as_activity_also_if_it_fails(
    client: FlaskClient, clock: Clock, stand_in: StandIn
) -> None:
    """Failed requests count as activity, so that the background refresh continues in a long outage."""
    fail_all(stand_in)
    clock.advance(600)
    assert client.get(TOP).status_code == 503

    assert services_of(client.application).market.answers.asked == clock()


def test_the_last_value_serves_if_every_provider_fails(
    client: FlaskClient, clock: Clock, stand_in: StandIn
) -> None:
    """The last value is served if every provider fails, even after its entries have left the memory."""
    for path in (KLINES, PRICE):
        assert client.get(path).status_code == 200
    clock.advance(60)
    fail_all(stand_in)
    for key in ("quotes:BTC", "series:btc/USDT:1h"):
        services_of(client.application).store.delete(key)

    assert client.get(KLINES).status_code == 200
    assert client.get(PRICE).status_code == 200


def test_a_fresh_value_is_a_hit_and_anything_else_a_miss(
    client: FlaskClient, clock: Clock, stand_in: StandIn
) -> None:
    """A fresh value counts as a hit, and anything else, including failures, as a miss."""
    client.get(KLINES)
    client.get(KLINES)
    fail_all(stand_in)
    clock.advance(7200)
    for _ in range(2):
        clock.advance(6)
        client.get(KLINES)

    assert client.get("/api/health").get_json()["cache"]["hitRate"] == 1 / 4
