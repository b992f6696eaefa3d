"""`/board`: what the market page shows at first, in one answer."""

import gzip
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.engine.web.conftest import Make


def parts(answer: TestResponse) -> dict[str, Any]:
    """Return the parts of an answer by their names."""
    data = gzip.decompress(answer.data) if "Content-Encoding" in answer.headers else answer.data
    return {part["part"]: part for part in map(orjson.loads, data.splitlines())}


def test_it_joins_the_answers_of_the_interface(client: FlaskClient) -> None:
    """Each part of the board has the body and the age of its path's own answer."""
    found = parts(client.get("/board"))
    own = client.get("/api/prices?convert=USD").get_json()

    assert found.keys() == {"/api/prices", "/api/market/overview", "/api/sentiment", "/api/news", "lines"}
    assert found["/api/prices"]["body"]["data"] == own["data"]
    assert {"Age", "Cache-Control", "Cache-Status"} <= found["/api/prices"]["headers"].keys()


def test_lines_are_the_last_hourly_closes_of_each_coin(client: FlaskClient) -> None:
    """The lines of the board can be requested alone, and each has the 25 closes of a day."""
    answer = client.get("/board?parts=lines", headers={"Accept-Encoding": "gzip"})
    rows = parts(answer)["lines"]["body"]["data"]
    candles = client.get("/api/ohlcv?symbol=ETH&interval=1h&limit=50").get_json()["data"]

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(rows) >= 30
    line = next(row for row in rows if row["symbol"] == "ETH")
    assert line["closes"] == [candle["close"] for candle in candles[-25:]]
    assert (line["market"], line["stale"]) == ("ETHUSDT", False)


def test_a_part_fails_alone(make: Make) -> None:
    """A part that is switched off has its error, and the other parts are served."""
    found = parts(make(enable_news=False).get("/board?parts=/api/news,/api/prices"))

    assert found["/api/news"]["status"] == 404
    assert found["/api/news"]["body"]["error"]["code"] == "FEATURE_DISABLED"
    assert found["/api/prices"]["status"] == 200


@pytest.mark.parametrize("query", ["parts=", "parts=nothing", "parts=/api/prices,/api/health"])
def test_there_are_no_other_parts(client: FlaskClient, query: str) -> None:
    """An unknown part of the board is an error that names the parts."""
    answer = client.get(f"/board?{query}")

    assert answer.status_code == 400
    assert "/api/market/overview" in answer.get_json()["error"]["details"]["parts"][0]


def test_it_counts_as_one_request(make: Make) -> None:
    """A request for the board spends one of the quota of other paths, however many parts it has."""
    client = make(rate_limit_enabled=True, rate_limit_default=2)
    answers = [client.get("/board?parts=/api/sentiment") for _ in range(3)]

    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers[:2]] == ["1", "0"]
    assert answers[2].status_code == 429


def test_a_page_names_streams_where_there_are_some(make: Make) -> None:
    """A worker that can give a socket away says so in the request; elsewhere the page tries no stream."""
    able = {"engine.detachable": True}
    address = 'data-stream="/api/stream"'

    assert address in make().get("/", environ_overrides=able).text
    assert address not in make().get("/").text
    assert address not in make(stream_enabled=False).get("/", environ_overrides=able).text
