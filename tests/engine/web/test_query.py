"""Parsing of queries."""

import pytest
from flask.testing import FlaskClient

from tests.engine.web.api.answers import failure


@pytest.mark.parametrize("query", ["symbol=BTC,ETH", "symbol=BTC&symbol=ETH", "symbol[]=BTC&symbol[]=ETH"])
def test_an_alias_is_the_parameter_that_it_stands_for(client: FlaskClient, query: str) -> None:
    """`symbol` is accepted like `symbols`, repeated or with commas."""
    expected = client.get("/api/prices?symbols=BTC,ETH").get_json()["data"]

    assert [row["symbol"] for row in client.get(f"/api/prices?{query}").get_json()["data"]] == ["BTC", "ETH"]
    assert client.get(f"/api/prices?{query}").get_json()["data"] == expected


@pytest.mark.parametrize("name", ["symbols", "symbols[]", "symbols[{}]", "symbol[{}]"])
def test_lists_are_read_as_clients_write_them(client: FlaskClient, name: str) -> None:
    """`symbols[0]=BTC&symbols[1]=ETH` is `symbols[]=BTC&symbols[]=ETH`, and `symbols=BTC&symbols=ETH`."""
    query = [(name.format(place), coin) for place, coin in enumerate(("BTC", "ETH"))]

    answer = client.get("/api/prices", query_string=query)

    assert [row["symbol"] for row in answer.get_json()["data"]] == ["BTC", "ETH"]


def test_only_lists_have_places(client: FlaskClient) -> None:
    """A parameter that is no list is unknown with a place, as it is with brackets."""
    error = failure(client, "/api/ohlcv?symbol[0]=BTC&limit=50", 400)

    assert "symbol[0]" in error["details"]


@pytest.mark.parametrize(
    ("path", "alias"),
    [
        ("/api/prices?symbol=BTC&symbols=ETH", "symbol"),
        ("/api/prices?symbols[]=BTC&symbol=ETH", "symbol"),
        ("/api/prices?symbols[0]=BTC&symbol[0]=ETH", "symbol"),
        ("/api/ohlcv?symbol=BTC&interval=1h&timeframe=1h", "timeframe"),
    ],
)
def test_an_alias_and_its_parameter_exclude_each_other(client: FlaskClient, path: str, alias: str) -> None:
    """An alias together with its parameter is an error that names both."""
    error = failure(client, path, 400)

    assert error["code"] == "INVALID_PARAMETER"
    assert "use only one of them" in error["details"][alias][0]


def test_an_unknown_parameter_lists_the_known_ones(client: FlaskClient) -> None:
    """The error for an unknown parameter lists the known ones, including aliases."""
    error = failure(client, "/api/prices?coin=BTC", 400)

    assert error["details"] == {
        "coin": ["Unknown parameter: there are convert, sparkline, format, symbols, symbol"]
    }
    assert failure(client, "/api/market/overview?x=1", 400)["details"] == {
        "x": ["Unknown parameter: there are none"]
    }
