"""Slightly broken answers are parsed, and expensive ones affect one provider only."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from providers import discover
from tests.engine.web.api.answers import news, ohlcv, overview, prices, sentiment
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn

EVERY_PROVIDER = [provider.name for provider in discover()]


@pytest.fixture
def client(make: Make) -> FlaskClient:
    """Return a client with news enabled."""
    return make(enable_news=True)


def contents(client: FlaskClient) -> list[Any]:
    """Return the content of all kinds of answers, without their meta data."""
    asked = (
        ohlcv(client, "symbol=BTC"),
        prices(client),
        news(client, "limit=100"),
        sentiment(client),
        overview(client),
    )
    return [{name: value for name, value in answer.items() if name != "meta"} for answer in asked]


def test_slightly_broken_answers_change_nothing(make: Make, stand_in: StandIn) -> None:
    """Byte order marks, halves of letters and broken feeds of all providers leave all answers equal."""
    before = contents(make(enable_news=True))
    for name in EVERY_PROVIDER:
        stand_in.fault(name, Fault("sloppy"))
    careless = make(enable_news=True)

    assert contents(careless) == before
    assert prices(careless)["meta"]["providers"] == {}
    assert news(careless)["meta"]["failed"] == {}


@pytest.mark.parametrize("size", [250_000, 1_000_000, 15_000_000])
def test_huge_lists_are_a_failure(client: FlaskClient, stand_in: StandIn, size: int) -> None:
    """Too long a list is a failure of its provider, and the others serve."""
    bad = ("binance", "coinpaprika", "coingecko")
    for name in bad:
        stand_in.fault(name, Fault("lists", size=size))
    answer = ohlcv(client, "symbol=BTC")

    assert answer["source"] == "kraken"
    assert answer["meta"]["attempts"][0]["outcome"] == "Bad data"
    failed = prices(client)["meta"]["providers"]
    assert {name: failed[name] for name in bad} == dict.fromkeys(bad, "Bad data")


def test_a_feed_with_many_attributes_is_a_failure(client: FlaskClient, stand_in: StandIn) -> None:
    """A feed with many attributes is a failure, and the three other feeds serve the news."""
    stand_in.fault("rss", Fault("attributes", path="decrypt"))
    answer = news(client)

    assert answer["meta"]["failed"] == {"rss:decrypt.co": "Bad data"}
    assert len(answer["data"]) == 20
