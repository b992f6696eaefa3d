"""Names of coins and pairs under the real server, which asks the stand-in's venues what they list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from engine.history import sqlite_file
from engine.jobs.kept_bindings import NAME
from schemas import OhlcvAnswer
from tests.engine.web.api.answers import held
from tests.running import AMPLE, Engine
from tests.upstreams import Fault, StandIn
from tests.upstreams.world import VENUES
from tests.waiting import eventually

CLOSE = 0.05
LISTS = {"binance": "exchangeInfo", "kraken": "AssetPairs"}
"""Where venues list their markets."""
SETTINGS = {
    **AMPLE,
    "CATALOGUE_ENABLED": "true",
    "CACHE_WARMING_ENABLED": "false",
    "RATE_LIMIT_ENABLED": "false",
    "LOG_LEVEL": "ERROR",
}


@pytest.fixture(scope="module")
def knowing(stand_in: StandIn) -> Iterator[Engine]:
    """Return a server that has asked every venue."""
    with Engine({**stand_in.base_urls(), **SETTINGS}) as engine:
        eventually(lambda: venues(engine) == set(VENUES))
        yield engine


def venues(engine: Engine) -> set[str]:
    """Return the venues whose markets of bitcoin are known."""
    rows = requests.get(f"{engine.url}/api/markets?base=BTC", timeout=10).json()["data"]
    return {row["venue"] for row in rows}


def candles(engine: Engine, symbol: str) -> Any:
    """Return the answer with the newest candles of a pair."""
    parameters = {"symbol": symbol, "limit": "50"}
    response = requests.get(f"{engine.url}/api/ohlcv", params=parameters, timeout=60)
    assert response.status_code == 200, response.text
    return held(OhlcvAnswer, response.json())


def error(engine: Engine, symbol: str) -> Any:
    """Return the error of a request for candles."""
    response = requests.get(f"{engine.url}/api/ohlcv", params={"symbol": symbol}, timeout=10)
    assert response.status_code == 400, response.text
    return response.json()["error"]


def price(answer: Any) -> float:
    """Return the last close."""
    return float(answer["data"][-1]["close"])


def test_pairs_in_other_quotes_are_served(knowing: Engine) -> None:
    """Pairs in other quotes are served in these quotes, and their prices fit together."""
    ratio, bitcoin, ether = (candles(knowing, symbol) for symbol in ("ETH/BTC", "btc_eur", "ETH/EUR"))

    assert [it["symbol"] for it in (ratio, bitcoin, ether)] == ["ETH/BTC", "BTC/EUR", "ETH/EUR"]
    assert [it["meta"]["quote"] for it in (ratio, bitcoin, ether)] == ["BTC", "EUR", "EUR"]
    assert price(ratio) * price(bitcoin) == pytest.approx(price(ether), rel=CLOSE)


def test_one_code_of_two_coins_is_never_mixed(knowing: Engine, stand_in: StandIn) -> None:
    """NEIRO costs hundreds of times as much at Bybit, where it is another coin."""
    first = candles(knowing, "@neiro-first")
    other = candles(knowing, "NEIRO/USDT:bybit")

    assert first["source"] != "bybit"
    assert other["source"] == "bybit"
    assert price(other) > 300 * price(first)
    asked = [call.query for call in stand_in.calls.list("bybit", "/v5/market/kline")]
    assert all("symbol=NEIROUSDT" in query for query in asked)


def test_a_name_of_several_coins_is_ambiguous(knowing: Engine) -> None:
    """A name of several coins is AMBIGUOUS_SYMBOL, and the details have each coin with its venues."""
    refused = error(knowing, "NEIRO")
    rows = {row["id"]: row for row in refused["details"]["NEIRO"]}

    assert refused["code"] == "AMBIGUOUS_SYMBOL"
    assert "bybit" in rows["neiro-eth"]["venues"]
    assert {"binance", "kraken", "gate"} <= set(rows["neiro-first"]["venues"])
    assert all(set(row) == {"id", "name", "venues", "priceUsd"} for row in rows.values())


def test_a_renamed_coin_has_both_names(knowing: Engine, stand_in: StandIn) -> None:
    """Each venue is asked under the name from its list, and the answer repeats the requested name."""
    assert candles(knowing, "TON")["symbol"] == "TONUSDT"
    assert candles(knowing, "gram")["symbol"] == "GRAMUSDT"
    assert all("GRAMUSDT" in call.query for call in stand_in.calls.list("binance", "klines"))


def test_a_coin_in_another_unit_is_refused_but_where_it_stayed(knowing: Engine) -> None:
    """A coin that became sixty others is refused under its old name, but served where its market stayed."""
    refused = error(knowing, "GAL")
    kept, new = candles(knowing, "GAL/USD:kraken"), candles(knowing, "G:binance")

    assert refused["code"] == "RENAMED_SYMBOL"
    assert refused["details"]["GAL"] == {"now": "G", "ratio": 60, "since": "2024-07-19"}
    assert price(kept) == pytest.approx(60 * price(new), rel=CLOSE)


def test_a_restart_serves_before_any_list_has_come(stand_in: StandIn, tmp_path: Path) -> None:
    """A restart keeps what the codes of venues mean, so that candles do not wait for new lists."""
    file = tmp_path / "history.sqlite"
    settings = {
        **SETTINGS,
        **stand_in.base_urls(),
        "HISTORY_ENABLED": "true",
        "DATA_DIR": f"{tmp_path}",
        "PROVIDERS_CANDLES": ",".join(LISTS),
    }
    with Engine(settings) as engine:
        eventually(lambda: venues(engine) >= LISTS.keys())
        candles(engine, "BTC")
        eventually(lambda: file.exists() and sqlite_file.rows(f"{file}", sqlite_file.VALUE, NAME))
    stand_in.calls.forget()
    for venue, path in LISTS.items():
        stand_in.fault(venue, Fault("hang", path=path))
    with Engine(settings) as engine:
        eventually(lambda: stand_in.calls.count())  # lists are asked for after what is kept was read
        assert candles(engine, "ETH")["source"] == "binance"
        assert candles(engine, "SOL:kraken")["source"] == "kraken"


def test_a_wrong_name_is_answered_with_similar_ones(knowing: Engine) -> None:
    """The details of an unknown name have similar names beside the reason for the parameter."""
    wrong = error(knowing, "DOGEE")

    assert wrong["code"] == "INVALID_SYMBOL"
    assert wrong["details"] == {
        "symbol": ["DOGEE: unknown coin or pair"],
        "DOGEE": {"didYouMean": ["DOGE"]},
    }
