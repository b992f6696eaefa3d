"""The meaning of texts for coins and pairs in requests, and the errors for invalid ones."""

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
    """Return a client of an engine with a catalogue of eight venues, in November 2026."""
    clock.time = NOW
    client = make()
    give_catalogue(client)
    return client


def test_a_strict_engine_serves_no_code_of_several_coins(make: Make, clock: Clock) -> None:
    """`CATALOGUE_STRICT` refuses a code that one coin owns unless it is pinned; ids and venues still work."""
    clock.time = NOW
    client = make(catalogue_strict=True)
    give_catalogue(client)
    wrong = refused(client, "symbol=SKY")

    assert wrong["code"] == "AMBIGUOUS_SYMBOL"
    assert [one["id"] for one in wrong["details"]["SKY"]] == ["sky", "sky-binance"]
    assert isinstance(pair(client, "@sky"), RequestedPair)
    assert isinstance(pair(client, "SKY/USDT:okx"), RequestedPair)
    assert isinstance(pair(client, "BTC"), RequestedPair)


def pair(client: FlaskClient, text: str, at: float = NOW) -> RequestedPair | WrongName:
    """Return the pair that a text means to the application."""
    return requested_pair(text, services_of(client.application).catalogue, at)


def refused(client: FlaskClient, query: str) -> Any:
    """Return the error of a request for candles."""
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
    """Answers write pinned pairs without a slash and others with one, and caches use unique coin ids."""
    found = pair(client, text)

    assert isinstance(found, RequestedPair)
    assert (found.symbol, found.pair.key) == (symbol, key)


def test_pinned_names_need_no_listing(make: Make) -> None:
    """Every name of a pinned coin is accepted without a listing, alone and in a pair."""
    client = make()
    for asset in ASSETS:
        for name in (asset.symbol, asset.code, *asset.aliases):
            for text in (name, f"{name}USDT", f"{name}-usd"):
                found = pair(client, text)
                assert isinstance(found, RequestedPair), text
                assert found.pair.base is asset


def test_a_name_of_several_coins_is_refused_with_all_of_them(client: FlaskClient) -> None:
    """A name of several coins is refused with each one's id, name, venues, price and unambiguous form."""
    error = refused(client, "symbol=NEIRO")

    assert error["code"] == "AMBIGUOUS_SYMBOL"
    assert error["details"]["symbol"] == ["NEIRO: ambiguous; write @neiro-first or @neiro-eth"]
    assert [(row["id"], row["venues"]) for row in error["details"]["NEIRO"]] == [
        ("neiro-first", ["binance", "bybit", "gate", "kraken"]),
        ("neiro-eth", ["bybit"]),
    ]
    assert all(set(row) == {"id", "name", "venues", "priceUsd"} for row in error["details"]["NEIRO"])


def test_a_former_unit_is_refused_with_the_ratio(client: FlaskClient) -> None:
    """A coin's former unit is refused with the ratio for times after the change, and served before it."""
    change = {"now": "SKY", "ratio": 24000, "since": "2025-09-15"}

    for query in ("symbol=MKR", "symbol=mkr-usdt&endTime=1780000000"):
        error = refused(client, query)
        assert error["code"] == "RENAMED_SYMBOL"
        assert change in error["details"].values()
    early = pair(client, "MKR", 1_740_000_000)
    assert isinstance(early, RequestedPair)
    assert early.about == {"renamed": {"MKR": change}}


def test_a_wrong_name_comes_with_similar_ones(client: FlaskClient) -> None:
    """An unknown name has similar ones, listed under its parameter."""
    error = refused(client, "symbol=DOGEE")

    assert error["code"] == "INVALID_SYMBOL"
    assert error["details"]["symbol"] == ["DOGEE: unknown coin or pair"]
    assert error["details"]["DOGEE"]["didYouMean"][0] == "DOGE"
    assert len(error["details"]["DOGEE"]["didYouMean"]) <= 5


def test_the_first_name_sets_the_code_and_the_details_have_all(client: FlaskClient) -> None:
    """The first name decides the error's code, and the details have all invalid parameters."""
    error = failure(client, "/api/prices?symbols=BTC,MKR,NEIRO,DOGEE&convert=EGG", 400)

    assert error["code"] == "RENAMED_SYMBOL"
    assert set(error["details"]) == {"symbols", "convert", "MKR", "NEIRO", "DOGEE"}
    assert [text.partition(":")[0] for text in error["details"]["symbols"]] == ["MKR", "NEIRO", "DOGEE"]


def test_a_name_that_is_a_parameters_name_does_not_hide_its_list(client: FlaskClient) -> None:
    """A coin with a parameter's name leaves the list under that parameter, on which clients rely."""
    error = refused(client, "symbol=symbol")

    assert error["details"]["symbol"] == ["symbol: unknown coin or pair"]


def test_a_code_that_other_coins_have_too_says_whose_it_is(client: FlaskClient) -> None:
    """A code of several coins is served with the name of the meant one and the ids of the others."""
    found = pair(client, "SKY")

    assert isinstance(found, RequestedPair)
    assert found.about == {"resolved": {"SKY": {"id": "sky", "name": "Sky", "others": ["sky-binance"]}}}
