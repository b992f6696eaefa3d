"""Answers that are nearly right are read, and those that are made to cost much cost one provider."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from providers import discover
from tests.engine.web.api.answers import news, ohlcv, overview, prices, sentiment
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn

EVERYBODY = [provider.name for provider in discover()]


@pytest.fixture
def client(make: Make) -> FlaskClient:
    """A client where news is switched on."""
    return make(enable_news=True)


def told(client: FlaskClient) -> list[Any]:
    """What all kinds of answers say, without how they came about."""
    asked = (
        ohlcv(client, "symbol=BTC"),
        prices(client),
        news(client, "limit=100"),
        sentiment(client),
        overview(client),
    )
    return [{name: value for name, value in answer.items() if name != "meta"} for answer in asked]


def test_carelessness_costs_nothing(make: Make, stand_in: StandIn) -> None:
    """With marks, halves of letters and broken feeds from everybody every answer is what it was."""
    before = told(make(enable_news=True))
    for name in EVERYBODY:
        stand_in.fault(name, Fault("sloppy"))
    careless = make(enable_news=True)

    assert told(careless) == before
    assert prices(careless)["meta"]["providers"] == {}
    assert news(careless)["meta"]["failed"] == {}


@pytest.mark.parametrize("size", [250_000, 1_000_000, 15_000_000])
def test_lists_without_number(client: FlaskClient, stand_in: StandIn, size: int) -> None:
    """They are that provider's failure, and the others serve."""
    bad = ("binance", "coinpaprika", "coingecko")
    for name in bad:
        stand_in.fault(name, Fault("lists", size=size))
    answer = ohlcv(client, "symbol=BTC")

    assert answer["source"] == "kraken"
    assert answer["meta"]["attempts"][0]["outcome"] == "Bad data"
    failed = prices(client)["meta"]["providers"]
    assert {name: failed[name] for name in bad} == dict.fromkeys(bad, "Bad data")


def test_a_feed_of_attributes(client: FlaskClient, stand_in: StandIn) -> None:
    """It is one of four feeds: the others give the news."""
    stand_in.fault("rss", Fault("attributes", path="decrypt"))
    answer = news(client)

    assert answer["meta"]["failed"] == {"rss:decrypt.co": "Bad data"}
    assert len(answer["data"]) == 20
