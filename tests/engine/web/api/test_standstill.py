"""A venue whose prices are frozen with current times is found."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.engine.web.api.answers import Json, prices
from tests.engine.web.api.test_prices import only
from tests.engine.web.conftest import Make
from tests.redis_server import RedisServer, needs_redis
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually


@pytest.fixture
def redis_url() -> Iterator[str]:
    """Return the address of a real Redis."""
    with RedisServer() as server:
        yield server.url


def pass_time(client: FlaskClient, clock: Clock, minutes: int) -> None:
    """Request prices every five minutes."""
    for _ in range(minutes // 5):
        clock.advance(300)
        eventually(lambda: prices(client, "symbols=BTC,DOGE,NEAR")["meta"]["ageSeconds"] == 0)


def suspects(row: Json) -> list[str]:
    """Return the suspect providers."""
    return [source["provider"] for source in row["sources"] if source["suspect"]]


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", ["binance", "kraken", "coinlore"])
def test_a_frozen_venue_is_suspect(client: FlaskClient, stand_in: StandIn, clock: Clock, name: str) -> None:
    """After an hour a frozen quote is suspect and no price is verified, but NEAR moves too little."""
    before = only(prices(client, "symbols=DOGE"))
    stand_in.fault(name, Fault("standstill", at=clock()))
    pass_time(client, clock, 55)
    assert suspects(only(prices(client, "symbols=DOGE"))) == []

    pass_time(client, clock, 10)
    row, dull = prices(client, "symbols=DOGE,NEAR")["data"]

    assert suspects(row) == [name]
    assert row["verified"] is False
    assert row["confidence"] < before["confidence"]
    assert suspects(dull) == []
    assert dull["verified"] is True

    stand_in.heal(name)
    pass_time(client, clock, 5)
    row = only(prices(client, "symbols=DOGE"))
    assert suspects(row) == []
    assert row["verified"] is True


@needs_redis
def test_a_standstill_is_known_to_other_workers_and_after_a_restart(
    make: Make, stand_in: StandIn, clock: Clock, redis_url: str
) -> None:
    """Other workers and restarted ones know a standstill: half of the hour was observed before."""
    shared = {"cache_type": "redis", "redis_url": redis_url}
    first = make(**shared)
    prices(first, "symbols=BTC")
    stand_in.fault("okx", Fault("standstill", at=clock()))
    pass_time(first, clock, 30)

    second = make(**shared)
    pass_time(second, clock, 35)

    assert suspects(only(prices(second, "symbols=BTC"))) == ["okx"]
