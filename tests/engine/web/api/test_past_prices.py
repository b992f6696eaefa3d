"""`GET /api/prices/at`: the price at a past minute."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.engine.web.api.answers import failure
from tests.engine.web.compat.test_dreammaker import fail_all
from tests.upstreams import Fault, StandIn

DAY = 86_400


def path(clock: Clock, symbols: str = "BTC,ETH", ago: int = DAY, more: str = "") -> str:
    """Return the path for a time some seconds ago."""
    return f"/api/prices/at?symbols={symbols}&time={int(clock()) - ago}{more}"


def rows(client: FlaskClient, where: str) -> dict[str, dict[str, Any]]:
    """Return the rows of an answer by their symbols."""
    response = client.get(where)
    assert response.status_code == 200, response.text
    return {row["symbol"]: row for row in response.get_json()["data"]}


def test_it_is_the_median_of_several_closes(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Each coin has a price with its sources, in tether and in dollars at the rate of that minute."""
    found = rows(client, path(clock))
    body = client.get(path(clock)).get_json()
    close = (int(clock()) - DAY) // 60 * 60
    true = stand_in.market.price("BTC", (close - 1) * 1000)

    assert list(found) == ["BTC", "ETH"]
    assert found["BTC"]["price"] == pytest.approx(true, rel=0.01)
    assert found["BTC"]["verified"] is True
    assert len(found["BTC"]["sources"]) >= 3
    assert found["BTC"]["priceUsd"] == pytest.approx(
        found["BTC"]["price"] * body["meta"]["usdtUsd"],
        rel=0.01,
    )


def test_a_venue_that_is_off_does_not_count(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A venue with a deviating close is listed as an outlier, and the price is that of the others."""
    before = rows(client, path(clock, ago=2 * DAY))["BTC"]["price"]
    stand_in.fault("bybit", Fault("price", factor=1.1))
    row = rows(client, path(clock, ago=2 * DAY + 1))["BTC"]

    assert row["price"] == pytest.approx(before, rel=0.01)


def test_a_venue_that_failed_is_named(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A price that is null because the venue failed has its reason, and without any price it is an error."""
    stand_in.fault("kraken", Fault("status", status=500))
    error = failure(client, path(clock, "BTC:kraken", ago=3600), 503)
    body = client.get(path(clock, "SOL:kraken,SOL", ago=3600)).get_json()

    assert error["details"] == {"kraken": "HTTP 500"}
    assert [row["price"] is None for row in body["data"]] == [True, False]
    assert body["meta"]["providers"]["kraken"] == "HTTP 500"


def test_a_minute_is_asked_for_once(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Closes of the past are final: the same minute needs no second call."""
    rows(client, path(clock, "BTC"))
    stand_in.calls.forget()
    rows(client, path(clock, "BTC"))

    assert stand_in.calls.count() == 0


def test_without_a_venue_the_price_is_null(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """The price of a minute that no venue has is null: nothing is made up."""
    row = rows(client, path(clock, "BTC", ago=16 * 365 * DAY))["BTC"]

    assert (row["price"], row["priceUsd"], row["confidence"], row["verified"]) == (None, None, 0.0, False)


def test_it_fails_where_every_venue_fails(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """An unknown price is no failure of venues: where all of them fail, that is an error with the reasons."""
    fail_all(stand_in)
    error = failure(client, path(clock), 503)

    assert error["code"] == "PROVIDER_ERROR"
    assert error["details"]["binance"] == "HTTP 500"


def test_the_future_has_no_price(client: FlaskClient, clock: Clock) -> None:
    """A time that is still to come is an invalid parameter."""
    assert failure(client, path(clock, ago=-DAY), 400)["code"] == "INVALID_PARAMETER"
    assert failure(client, "/api/prices/at?symbols=BTC", 400)["code"] == "INVALID_PARAMETER"
