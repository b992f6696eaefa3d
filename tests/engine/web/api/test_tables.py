"""Every list of rows can be had as CSV, and a parameter against caches means nothing."""

import csv
import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine.web.services import services_of
from tests.documented import documented, watch
from tests.engine.web.catalogued import give_catalogue
from tests.engine.web.conftest import Make, clock, make, stand_in

__all__ = ["clock", "documented", "make", "stand_in", "watch"]
LISTS = [
    ("news", "limit=5", "title"),
    ("symbols", "kind=coin&limit=5", "id"),
    ("markets", "base=BTC", "symbol"),
    ("history", "", "symbol"),
    ("providers", "", "name"),
    ("indicators", "symbol=BTC&indicators=rsi:14,macd:12:26:9", "timestamp"),
    ("indicators", "symbols=BTC,ETH&indicators=rsi:14", "symbol"),
    ("indicators/list", "", "name"),
    ("ohlcv/batch", "symbols=BTC,ETH&intervals=1h&limit=50", "symbol"),
    ("prices/at", "symbols=BTC&time=2026-11-01T00:00:00Z", "symbol"),
]


@pytest.mark.parametrize(("name", "query", "first"), LISTS)
def test_every_list_is_a_table(make: Make, tmp_path: Path, name: str, query: str, first: str) -> None:
    """A list is CSV by its path, by `format` or by `Accept`, with the headers of every CSV."""
    client = make(enable_news=True, history_enabled=True, data_dir=str(tmp_path))
    give_catalogue(client)
    by_path = client.get(f"/api/{name}.csv?{query}")
    by_name = client.get(f"/api/{name}?{query}&format=csv")
    by_accept = client.get(f"/api/{name}?{query}", headers={"Accept": "text/csv"})

    assert by_path.status_code == by_name.status_code == by_accept.status_code == 200, by_path.text
    assert by_path.data == by_name.data == by_accept.data
    assert by_path.content_type.startswith("text/csv")
    assert set(by_path.headers["Vary"].split(", ")) == {"Accept", "Accept-Encoding"}
    as_json = client.get(f"/api/{name}?{query}")
    assert set(as_json.headers["Vary"].split(", ")) == {"Accept", "Accept-Encoding"}
    for header in ("Source", "Stale", "Age", "Gaps"):
        assert f"X-Data-{header}" in by_path.headers
    columns, *rows = csv.reader(io.StringIO(by_path.text))
    assert columns[0] == first
    assert all(len(row) == len(columns) for row in rows)
    assert rows or name == "history"
    assert not any("[" in cell or "{" in cell for row in rows for cell in row)


def test_pandas_reads_a_table(client: FlaskClient) -> None:
    """`pandas.read_csv` reads several series at once, each row with its pair and interval."""
    import pandas  # long to import, for one test

    text = client.get("/api/ohlcv/batch.csv?symbols=BTC,ETH&intervals=1h,1d&limit=50").text
    frame = pandas.read_csv(io.StringIO(text))

    assert frame.groupby(["symbol", "interval"]).size().tolist() == [50] * 4
    assert frame["close"].gt(0).all()


def test_outputs_of_an_indicator_have_columns(client: FlaskClient) -> None:
    """Each output of an indicator with several has its own column."""
    text = client.get("/api/indicators.csv?symbol=BTC&indicators=macd:12:26:9").text
    names = text.splitlines()[0].split(",")

    assert names == [
        *("timestamp", "close", "macd:12:26:9:macd", "macd:12:26:9:signal", "macd:12:26:9:histogram")
    ]


def test_a_series_that_fails_is_a_gap(client: FlaskClient) -> None:
    """In a table of several series one that fails is left out and counted; all of them are an error."""
    some = client.get("/api/ohlcv/batch.csv?symbols=BTC,NOSUCHCOIN&intervals=1h&limit=50")
    none = client.get("/api/ohlcv/batch.csv?symbols=NOSUCHCOIN&intervals=1h&limit=50")

    assert (some.status_code, some.headers["X-Data-Gaps"]) == (200, "1")
    assert (none.status_code, none.content_type) == (400, "application/json")


def test_the_next_page_is_in_a_header(client: FlaskClient) -> None:
    """A table has no place for the cursor of the next page, so that a header has its path."""
    give_catalogue(client)
    first = client.get("/api/markets.csv?limit=2")
    path = first.headers["Link"].removeprefix("<").partition(">")[0]
    second = client.get(path)

    assert first.headers["Link"].endswith('rel="next"')
    assert second.content_type.startswith("text/csv")
    assert second.text.splitlines()[0] == first.text.splitlines()[0]
    assert second.text.splitlines()[1] != first.text.splitlines()[1]


@pytest.mark.parametrize(
    "path",
    [
        "/api/prices?symbols=BTC&_=1",
        "/api/symbols?_=1",
        "/api/ohlcv?symbol=BTC&_=1&_=2",
        "/compat/binance/api/v3/ticker/price?symbol=BTCUSDT&_=1",
        "/udf/config?_=1",
    ],
)
def test_a_parameter_against_caches_means_nothing(client: FlaskClient, path: str) -> None:
    """`_` is ignored, whatever its value is."""
    plain = path.replace("_=1&_=2", "").replace("_=1", "").rstrip("?&")
    with_it, without = client.get(path), client.get(plain)

    assert with_it.status_code == without.status_code == 200
    assert with_it.json == without.json or "meta" in without.text


def test_it_is_one_query_to_the_fast_path(client: FlaskClient) -> None:
    """Queries that differ in `_` alone are one query, so that the fast path knows them."""
    for number in range(3):
        client.get(f"/api/prices?symbols=BTC&_={number}")

    assert services_of(client.application).market.answers.hits == 2
