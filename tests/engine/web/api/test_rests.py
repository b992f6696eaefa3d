"""A provider that limits the rate is paused from its first refusal on."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.engine.web.api.answers import ohlcv
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually

CODED: dict[str, Any] = {
    "binance": {"code": -1003, "msg": "Too much request weight used"},
    "kraken": {"error": ["EAPI:Rate limit exceeded"]},
    "bybit": {"retCode": 10006, "retMsg": "Too many visits!", "result": {}, "time": 1},
    "okx": {"code": "50011", "msg": "Rate limit reached", "data": []},
    "kucoin": {"code": "429000", "msg": "Too many requests"},
    "gate": {"label": "TOO_FAST", "message": "Request too fast"},
    "coinbase": {"message": "Public rate limit exceeded"},
}
QUERIES = [
    f"symbol={coin}&interval={interval}" for coin in ("ETH", "SOL", "ADA") for interval in ("1h", "1d", "5m")
]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60),
        ({"Retry-After": "90.0"}, 90),
        ({"Retry-After": " 30 "}, 30),
        ({"Retry-After": "30,120"}, 120),
        ({"Retry-After": "soon"}, 60),
        ({"Retry-After": "-1"}, 60),
    ],
    ids=str,
)
@pytest.mark.parametrize("status", [200, 429])
def test_one_refusal_is_enough(
    client: FlaskClient,
    stand_in: StandIn,
    clock: Clock,
    headers: dict[str, str],
    seconds: int,
    status: int,
) -> None:
    """One code within HTTP 200 pauses like a 429, for the given time or a minute."""
    stand_in.fault("binance", Fault("status", status=status, headers=headers, body=CODED["binance"]))
    for query in QUERIES:
        assert ohlcv(client, query)["source"] != "binance"
    assert stand_in.calls.count("binance") == 1

    clock.advance(seconds - 1)
    ohlcv(client, "symbol=XRP")
    assert stand_in.calls.count("binance") == 1

    stand_in.heal()
    clock.advance(1)
    ohlcv(client, "symbol=BTC")
    eventually(lambda: stand_in.calls.count("binance") > 1)


@pytest.mark.parametrize("name", CODED)
def test_every_venue(client: FlaskClient, stand_in: StandIn, name: str) -> None:
    """Each of a venue's codes for a rate limit counts, with any HTTP status."""
    for other in set(CODED) - {name}:
        stand_in.fault(other, Fault("status", status=451, body={}))
    stand_in.fault(name, Fault("status", status=200, body=CODED[name]))
    for query in QUERIES[:4]:
        client.get(f"/api/ohlcv?{query}")

    assert stand_in.calls.count(name) == 1
