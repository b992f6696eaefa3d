"""Texts of coins and pairs in requests: what they mean by the catalogue, and how wrong ones are refused."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.web.names import WrongName, requested_pair
from engine.web.services import services_of
from providers import ASSETS
from schemas import RequestedPair
from tests.clock import Clock
from tests.engine.catalogue.markets import NOW
from tests.engine.web.api.answers import failure
from tests.engine.web.catalogued import give_catalogue
from tests.engine.web.conftest import Make


@pytest.fixture
def client(make: Make, clock: Clock) -> FlaskClient:
    """An engine with a catalogue of eight venues, in November 2026."""
    clock.time = NOW
    client = make()
    give_catalogue(client)
    return client


def pair(client: FlaskClient, text: str, at: float = NOW) -> RequestedPair | WrongName:
    """What a text means to the application."""
    return requested_pair(text, services_of(client.application).catalogue, at)


def refused(client: FlaskClient, query: str) -> Any:
    """The error of a request for candles."""
    return failure(client, f"/api/ohlcv?{query}", 400)


@pytest.mark.parametrize(
    ("text", "symbol", "key"),
    [
        ("btc-usdt", "BTCUSDT", "btc/USDT"),
        ("XBT/usd", "BTCUSD", "btc/USD"),
        ("MATIC", "MATICUSDT", "pol/USDT"),
        ("POL/USD", "POLUSD", "pol/USD"),
        ("gram", "GRAMUSDT", "ton/USDT"),
        ("ETHBTC", "ETH/BTC", "eth/BTC"),
        ("T/USD", "T/USD", "t/USD"),
        ("@neiro-first", "@neiro-first/USDT", "neiro-first/USDT"),
        ("NEIRO:kraken", "NEIRO/USD", "neiro-first/USD"),
        ("bitcoin", "BTCUSDT", "btc/USDT"),
    ],
)
def test_answers_spell_pinned_pairs_together_and_others_with_a_slash(
    client: FlaskClient, text: str, symbol: str, key: str
) -> None:
    """Caches know a pair by the ids of its coins, which no other coin has."""
    found = pair(client, text)

    assert isinstance(found, RequestedPair)
    assert (found.symbol, found.pair.key) == (symbol, key)


def test_pinned_names_need_no_listing(make: Make) -> None:
    """Every name of a pinned coin is accepted before any venue was asked, alone and in a pair."""
    client = make()
    for asset in ASSETS:
        for name in (asset.symbol, asset.code, *asset.aliases):
            for text in (name, f"{name}USDT", f"{name}-usd"):
                found = pair(client, text)
                assert isinstance(found, RequestedPair), text
                assert found.pair.base is asset


def test_a_name_of_several_coins_is_refused_with_all_of_them(client: FlaskClient) -> None:
    """Each has its id, name, venues and price, and the message says how to write it."""
    error = refused(client, "symbol=NEIRO")

    assert error["code"] == "AMBIGUOUS_SYMBOL"
    assert error["details"]["symbol"] == ["NEIRO: ambiguous; write @neiro-first or @neiro-eth"]
    assert [(row["id"], row["venues"]) for row in error["details"]["NEIRO"]] == [
        ("neiro-first", ["binance", "bybit", "gate", "kraken"]),
        ("neiro-eth", ["bybit"]),
    ]
    assert all(set(row) == {"id", "name", "venues", "priceUsd"} for row in error["details"]["NEIRO"])


def test_a_former_unit_is_refused_with_the_ratio(client: FlaskClient) -> None:
    """A window that ends after the change is refused too, an earlier one is not."""
    change = {"now": "SKY", "ratio": 24000, "since": "2025-09-15"}

    for query in ("symbol=MKR", "symbol=mkr-usdt&endTime=1780000000"):
        error = refused(client, query)
        assert error["code"] == "RENAMED_SYMBOL"
        assert change in error["details"].values()
    early = pair(client, "MKR", 1_740_000_000)
    assert isinstance(early, RequestedPair)
    assert early.about == {"renamed": {"MKR": change}}


def test_a_wrong_name_comes_with_similar_ones(client: FlaskClient) -> None:
    """Beside the list of its parameter."""
    error = refused(client, "symbol=DOGEE")

    assert error["code"] == "INVALID_SYMBOL"
    assert error["details"]["symbol"] == ["DOGEE: unknown coin or pair"]
    assert error["details"]["DOGEE"]["didYouMean"][0] == "DOGE"
    assert len(error["details"]["DOGEE"]["didYouMean"]) <= 5


def test_the_first_name_sets_the_code_and_the_details_have_all(client: FlaskClient) -> None:
    """Other invalid parameters are among them."""
    error = failure(client, "/api/prices?symbols=BTC,MKR,NEIRO,DOGEE&convert=EGG", 400)

    assert error["code"] == "RENAMED_SYMBOL"
    assert set(error["details"]) == {"symbols", "convert", "MKR", "NEIRO", "DOGEE"}
    assert [text.partition(":")[0] for text in error["details"]["symbols"]] == ["MKR", "NEIRO", "DOGEE"]


def test_a_name_that_is_a_parameters_name_does_not_hide_its_list(client: FlaskClient) -> None:
    """The list by parameter is what clients rely on."""
    error = refused(client, "symbol=symbol")

    assert error["details"]["symbol"] == ["symbol: unknown coin or pair"]


def test_a_code_that_other_coins_have_too_says_whose_it_is(client: FlaskClient) -> None:
    """The answer names the coin that was meant, and the ids of the others."""
    found = pair(client, "SKY")

    assert isinstance(found, RequestedPair)
    assert found.about == {"resolved": {"SKY": {"id": "sky", "name": "Sky", "others": ["sky-binance"]}}}
