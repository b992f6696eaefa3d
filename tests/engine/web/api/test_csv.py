"""Candles and prices as CSV."""

import csv
import io

import brotli
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clock import Clock
from tests.engine.web.api.answers import failure
from tests.engine.web.conftest import Make
from tests.upstreams import StandIn

CANDLES = "/api/ohlcv.csv?symbol=BTC&limit=50"


def table(response: TestResponse) -> list[dict[str, str]]:
    """Return the rows of a table by their columns."""
    assert response.status_code == 200, response.text
    assert response.content_type == "text/csv; charset=utf-8; header=present"
    assert response.text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (CANDLES, {}),
        ("/api/ohlcv?symbol=BTC&limit=50&format=csv", {}),
        ("/api/ohlcv?symbol=BTC&limit=50&format=csv", {"Accept": "application/json"}),
        ("/api/ohlcv?symbol=BTC&limit=50", {"Accept": "text/csv"}),
        ("/api/ohlcv/BTC?limit=50", {"Accept": "text/csv, */*;q=0.1"}),
    ],
)
def test_candles_can_be_had_as_csv(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    """A path, a parameter or a header gives the figures of the JSON answer as CSV."""
    rows = client.get("/api/ohlcv?symbol=BTC&limit=50").get_json()["data"]
    answer = client.get(path, headers=headers)

    assert answer.text.splitlines()[0] == "timestamp,open,high,low,close,volume"
    assert [{name: float(figure) for name, figure in row.items()} for row in table(answer)] == rows


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}])
def test_json_is_what_other_clients_get(client: FlaskClient, headers: dict[str, str]) -> None:
    """A client without a preference gets JSON, and `Vary` names the header that decides."""
    answer = client.get("/api/ohlcv?symbol=BTC&limit=50", headers=headers)

    assert answer.is_json
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert client.get("/api/ohlcv?symbol=BTC&format=json&limit=50", headers={"Accept": "text/csv"}).is_json


def test_what_json_has_under_meta_is_in_headers(client: FlaskClient, clock: Clock) -> None:
    """The source, the age and the number of gaps are in headers, also for pages of other origins."""
    client.get(CANDLES)
    clock.advance(7)
    answer = client.get(CANDLES, headers={"Origin": "https://example.org"})

    assert answer.headers["X-Data-Source"] == "binance"
    assert (answer.headers["X-Data-Stale"], answer.headers["X-Data-Age"]) == ("false", "7.0")
    assert (answer.headers["X-Data-Gaps"], answer.headers["X-Data-Quote"]) == ("0", "USDT")
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert all(f"X-Data-{name}" in exposed for name in ("Source", "Stale", "Age", "Gaps"))


def test_a_volume_that_no_provider_has_is_an_empty_field(make: Make) -> None:
    """An unknown figure is an empty field, and no zero."""
    client = make(providers_candles=("coingecko",))
    rows = table(client.get("/api/ohlcv.csv?symbol=BTC&interval=4h&limit=50"))

    assert {row["volume"] for row in rows} == {""}


def test_a_table_is_cached_as_json_is(client: FlaskClient, stand_in: StandIn) -> None:
    """A client with the tag gets 304, and the tags of both formats differ."""
    first = client.get(CANDLES)
    json_tag = client.get("/api/ohlcv?symbol=BTC&limit=50").headers["ETag"]
    again = client.get(CANDLES, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.text) == (304, "")
    assert again.headers["ETag"] == first.headers["ETag"] != json_tag
    assert first.headers["Cache-Control"].startswith("public, max-age=")
    assert again.headers["Cache-Status"].startswith("engine; hit")
    assert stand_in.calls.count() == 1


def test_one_query_gives_each_client_its_format(client: FlaskClient) -> None:
    """Each client gets its format of a cached query, whichever was requested first."""
    path = "/api/ohlcv?symbol=BTC&limit=50"
    for _ in range(3):
        assert client.get(path, headers={"Accept": "text/csv"}).mimetype == "text/csv"
        assert client.get(path).mimetype == "application/json"


def test_a_table_is_compressed(client: FlaskClient) -> None:
    """Compressed bytes are those of the plain table."""
    plain = client.get(CANDLES)
    packed = client.get(CANDLES, headers={"Accept-Encoding": "br"})

    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_errors_stay_json(client: FlaskClient) -> None:
    """An error is JSON also for a program that requested CSV."""
    for path, code in (
        ("/api/ohlcv.csv?symbol=NOPE", "INVALID_SYMBOL"),
        ("/api/ohlcv?symbol=BTC&format=xml", "INVALID_PARAMETER"),
        ("/api/ohlcv.csv?symbol=BTC&format=json", "INVALID_PARAMETER"),
    ):
        assert failure(client, path, 400)["code"] == code


@pytest.mark.parametrize(
    "path", ["/api/prices.csv?symbols=BTC,ETH", "/api/prices?symbols=BTC,ETH&format=csv"]
)
def test_prices_can_be_had_as_csv(client: FlaskClient, path: str) -> None:
    """Prices as CSV have a row of figures for each coin, without the lists."""
    rows = {row["symbol"]: row for row in client.get("/api/prices?symbols=BTC,ETH").get_json()["data"]}
    answer = client.get(path)
    found = table(answer)

    assert [row["symbol"] for row in found] == ["BTC", "ETH"]
    for row in found:
        whole = rows[row["symbol"]]
        assert float(row["price"]) == whole["price"]
        assert row["verified"] == ("true" if whole["verified"] else "false")
        assert row["lastUpdate"] == whole["lastUpdate"]
        assert not {"sources", "via", "sparkline"} & set(row)
    assert answer.headers["X-Data-Source"] == "multi-provider"
    assert (answer.headers["X-Data-Gaps"], answer.headers["X-Data-Stale"]) == ("0", "false")


def test_one_price_can_be_had_as_csv(client: FlaskClient) -> None:
    """The path of one coin has CSV as well."""
    assert [row["symbol"] for row in table(client.get("/api/prices/BTC?format=csv"))] == ["BTC"]
