"""CryptoCompare's candles, from any provider."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.compat.cryptocompare import HistoryAnswer, HistoryError
from tests.clock import Clock
from tests.engine.web.api.answers import held, ohlcv
from tests.engine.web.catalogued import ask_venues
from tests.engine.web.compat.answers import AXIOS
from tests.engine.web.compat.test_dreammaker import fail_all
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn

BASE = "/compat/cryptocompare"
HOURS = f"{BASE}/histohour?fsym=BTC&tsym=USD&limit=96&aggregate=1"
SENT = {**AXIOS, "authorization": "Apikey 0123456789abcdef"}
"""Headers of a client with a key of CryptoCompare."""


def rows(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    """Return the candles of an answer."""
    response = client.get(BASE + path, headers=SENT)
    assert response.status_code == 200
    data: dict[str, Any] = held(HistoryAnswer, response.json)["Data"]
    assert (data["TimeFrom"], data["TimeTo"]) == (data["Data"][0]["time"], data["Data"][-1]["time"])
    return data["Data"]  # type: ignore[no-any-return]


def failure(client: FlaskClient, path: str) -> dict[str, Any]:
    """Return a failure, which has status 200 here."""
    response = client.get(BASE + path, headers=SENT)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    error: dict[str, Any] = held(HistoryError, response.json)
    return error


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(
    ("page", "aggregate", "interval"),
    [
        ("histominute", 1, "1m"),
        ("histominute", 5, "5m"),
        ("histominute", 15, "15m"),
        ("histohour", 1, "1h"),
        ("histohour", 4, "4h"),
        ("histoday", 1, "1d"),
        ("histoday", 7, "1w"),
    ],
)
@pytest.mark.parametrize("version", ["", "/v2"])
def test_the_seven_intervals(
    client: FlaskClient, version: str, page: str, aggregate: int, interval: str
) -> None:
    """The seven intervals have the candles of `/api/ohlcv`, one more than the limit, the forming one last."""
    found = rows(client, f"{version}/{page}?fsym=BTC&tsym=USD&limit=96&aggregate={aggregate}")
    expected = ohlcv(client, f"symbol=BTCUSD&interval={interval}&limit=97")["data"]

    assert [row["time"] * 1000 for row in found] == [row["timestamp"] for row in expected]
    for name in ("open", "high", "low", "close"):
        assert [row[name] for row in found] == [row[name] for row in expected]
    assert [row["volumefrom"] for row in found] == [row["volume"] for row in expected]


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("limit", [1, 2, 49, 50, 96, 500, 719, 720, 999])
@pytest.mark.parametrize("tsym", ["USD", "USDT", "usdt"])
def test_one_row_more_than_the_limit(client: FlaskClient, limit: int, tsym: str) -> None:
    """An answer has one row more than the limit, as at CryptoCompare."""
    assert len(rows(client, f"/histohour?fsym=ETH&tsym={tsym}&limit={limit}")) == limit + 1


@pytest.mark.parametrize(("query", "count"), [("", 1000), ("&limit=1000", 1000), ("&limit=2000", 1000)])
def test_an_answer_has_at_most_a_thousand_rows(client: FlaskClient, query: str, count: int) -> None:
    """An answer has at most the newest thousand rows."""
    found = rows(client, f"/histominute?fsym=BTC&tsym=USD{query}")

    assert len(found) == count
    assert found[-1]["time"] == rows(client, "/histominute?fsym=BTC&tsym=USD&limit=1")[-1]["time"]


def test_volumes(client: FlaskClient, stand_in: StandIn) -> None:
    """`volumeto` is estimated between the lowest and the highest price, and a header names it."""
    for row in rows(client, "/histohour?fsym=BTC&tsym=USD&limit=96"):
        assert row["low"] * row["volumefrom"] <= row["volumeto"] <= row["high"] * row["volumefrom"]
    assert client.get(HOURS).headers["X-Data-Estimated"] == "volumeto"


def test_without_volumes_both_are_null(client: FlaskClient, stand_in: StandIn) -> None:
    """Without volumes both fields are null, and never 0."""
    fail_all(stand_in, "coingecko")
    found = rows(client, "/histohour?fsym=BTC&tsym=USD&limit=96&aggregate=4")

    assert {(row["volumefrom"], row["volumeto"]) for row in found} == {(None, None)}


@pytest.mark.parametrize("name", ["MATIC", "POL", "matic"])
def test_a_renamed_coin(client: FlaskClient, name: str) -> None:
    """Both names of a renamed coin are accepted."""
    assert len(rows(client, f"/histohour?fsym={name}&tsym=USD&limit=60")) == 61


def test_history_up_to_a_time(client: FlaskClient) -> None:
    """The last candle contains the given time, and a time in the future means now."""
    newest = rows(client, "/histohour?fsym=BTC&tsym=USD&limit=60")
    earlier = rows(client, f"/histohour?fsym=BTC&tsym=USD&limit=20&toTs={newest[40]['time'] + 1800}")
    later = rows(client, "/histohour?fsym=BTC&tsym=USD&limit=60&toTs=4000000000")

    assert [row["time"] for row in earlier] == [row["time"] for row in newest[20:41]]
    assert later == newest


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/histohour?tsym=USD", "fsym"),
        ("/histohour?fsym=BTC", "tsym"),
        ("/histohour?fsym=NOPE&tsym=USD", "fsym"),
        ("/histohour?fsym=BTCUSDT&tsym=USD", "fsym"),
        ("/histohour?fsym=BTC&tsym=XDR", "tsym"),
        ("/histohour?fsym=BTC&tsym=USD&limit=0", "limit"),
        ("/histohour?fsym=BTC&tsym=USD&limit=2001", "limit"),
        ("/histohour?fsym=BTC&tsym=USD&limit=ten", "limit"),
        ("/histohour?fsym=BTC&tsym=USD&aggregate=31", "aggregate"),
        ("/histominute?fsym=BTC&tsym=USD&aggregate=31", "aggregate"),
        ("/histoday?fsym=BTC&tsym=USD&aggregate=0", "aggregate"),
        ("/histohour?fsym=BTC&tsym=USD&toTs=yesterday", "toTs"),
        ("/histohour?fsym=BTC&fsym=ETH&tsym=USD", "fsym"),
    ],
)
def test_an_invalid_parameter_is_named(client: FlaskClient, stand_in: StandIn, path: str, name: str) -> None:
    """An invalid parameter is named without a call, and never replaced."""
    error = failure(client, path)

    assert (error["Type"], error["ParamWithError"]) == (2, name)
    assert name in error["Message"]
    assert stand_in.calls.list() == []


def test_unknown_parameters_and_foreign_keys_are_ignored(client: FlaskClient) -> None:
    """CryptoCompare's `e`, `extraParams`, `api_key` and `authorization` are ignored."""
    more = "&e=CCCAGG&e=Kraken&extraParams=app&api_key=secret&tryConversion=true"

    assert rows(client, f"/histohour?fsym=BTC&tsym=USD&limit=96{more}") == rows(client, HOURS[len(BASE) :])


def test_every_failure_has_cryptocompares_format(client: FlaskClient) -> None:
    """Every failure has CryptoCompare's format, including unknown paths and methods."""
    assert failure(client, "/nothing")["Type"] == 1
    assert failure(client, "/")["Type"] == 1
    response = client.post(f"{BASE}/histohour")
    assert (response.status_code, held(HistoryError, response.json)["Response"]) == (405, "Error")


def test_all_providers_down(client: FlaskClient, stand_in: StandIn) -> None:
    """If all providers fail, the answer is an error without rows."""
    fail_all(stand_in)
    error = failure(client, HOURS[len(BASE) :])

    assert error["Message"] == "All data providers are currently unavailable"
    assert error["Data"] == {}


def test_candles_are_served_while_binance_is_blocked(client: FlaskClient, stand_in: StandIn) -> None:
    """While Binance is blocked, another provider's candles are served, with its name in a header."""
    stand_in.fault("binance", Fault("status", status=451))
    stand_in.fault("kraken", Fault("status", status=500))
    response = client.get(f"{BASE}/histohour?fsym=BTC&tsym=USDT&limit=96")

    assert len(response.get_json()["Data"]["Data"]) == 97
    assert response.headers["X-Data-Source"] == "bybit"
    assert response.headers["X-Data-Quote"] == "USDT"


def test_tether_stands_in_for_dollars_alone(client: FlaskClient, stand_in: StandIn) -> None:
    """Where the markets in euros have fewer rows than requested, no others are given in their place."""
    ask_venues(client)
    fail_all(stand_in, "kraken", "bybit")
    path = f"{BASE}/histohour?fsym=BTC&limit=999"
    quotes = {of: client.get(f"{path}&tsym={of}").headers["X-Data-Quote"] for of in ("EUR", "USD")}

    assert quotes == {"EUR": "EUR", "USD": "USDT"}


def test_stale_candles_are_marked_until_they_are_outdated(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """Stale candles are marked for two intervals, and then are outdated."""
    client.get(HOURS)
    fail_all(stand_in)
    clock.advance(7199)
    old = client.get(HOURS)
    clock.advance(2)

    assert old.get_json()["Response"] == "Success"
    assert "detail=stale" in old.headers["Cache-Status"]
    assert old.headers["Age"] == "7199"
    assert "7201 seconds old" in failure(client, HOURS[len(BASE) :])["Message"]


def test_a_gap_is_in_a_header(client: FlaskClient, stand_in: StandIn) -> None:
    """A gap that no provider can fill is in a header, in milliseconds."""
    fail_all(stand_in, "kraken")
    stand_in.fault("kraken", Fault("gap", count=3))
    response = client.get(HOURS.replace("limit=96", "limit=700"))

    first, last = map(int, response.headers["X-Data-Gaps"].split("-"))
    times = {row["time"] * 1000 for row in response.get_json()["Data"]["Data"]}
    assert not times & set(range(first, last + 1, 3_600_000))


def test_a_spent_quota(make: Make) -> None:
    """A spent quota has CryptoCompare's text and the engine's headers, for both versions of a path."""
    client = make(rate_limit_enabled=True, rate_limit_ohlcv=1)
    client.get(HOURS)
    response = client.get(HOURS.replace("/histohour", "/v2/histohour"))
    error = held(HistoryError, response.json)

    assert response.status_code == 200
    assert error["Type"] == 99
    assert "rate limit" in error["Message"]
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["X-RateLimit-Remaining"] == "0"


@pytest.mark.parametrize("header", ["Apikey x", "Basic x", "x", "Token abc"])
@pytest.mark.parametrize("path", [HOURS, "/api/crypto/prices/top", "/api/providers", "/health"])
def test_only_a_bearer_token_is_a_key_of_the_engine(client: FlaskClient, header: str, path: str) -> None:
    """A bearer token is a key of the engine, and keys of another service are ignored."""
    response = client.get(path, headers={**AXIOS, "Authorization": header})

    assert response.status_code == 200
    assert "Error" not in response.text[:40]
