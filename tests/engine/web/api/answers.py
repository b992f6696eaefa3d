"""Read answers, each checked against its schema in the document."""

from typing import Any

from flask.testing import FlaskClient
from marshmallow import RAISE, Schema

from schemas import (
    ErrorAnswer,
    NewsAnswer,
    OhlcvAnswer,
    OverviewAnswer,
    PricesAnswer,
    SentimentAnswer,
)
from tests.untraced import unmeasured

Json = Any
_CHECKED: set[str] = set()
"""Each candle that was checked in this process: many tests get the same ones."""


@unmeasured()
def held(schema: type[Schema], body: Json, *, many: bool = False) -> Json:
    """Return the body, after a check against the schema."""
    errors = schema(unknown=RAISE).validate(body, many=many)
    assert not errors, errors
    return body


def ohlcv(client: FlaskClient, query: str) -> Json:
    """Return the answer with status 200 to a request for candles."""
    response = client.get(f"/api/ohlcv?{query}")
    assert response.status_code == 200, response.text
    body: Json = response.json
    unchecked = [row for row in body["data"] if f"{row}" not in _CHECKED]
    held(OhlcvAnswer, {**body, "data": unchecked})
    _CHECKED.update(map(str, unchecked))
    return body


def prices(client: FlaskClient, query: str = "") -> Json:
    """Return the answer with status 200 to a request for prices."""
    response = client.get(f"/api/prices?{query}")
    assert response.status_code == 200, response.text
    return held(PricesAnswer, response.json)


def sentiment(client: FlaskClient, query: str = "") -> Json:
    """Return the answer with status 200 to a request for sentiment."""
    response = client.get(f"/api/sentiment?{query}")
    assert response.status_code == 200, response.text
    return held(SentimentAnswer, response.json)


def news(client: FlaskClient, query: str = "") -> Json:
    """Return the answer with status 200 to a request for news."""
    response = client.get(f"/api/news?{query}")
    assert response.status_code == 200, response.text
    return held(NewsAnswer, response.json)


def overview(client: FlaskClient) -> Json:
    """Return the answer with status 200 to a request for the overview."""
    response = client.get("/api/market/overview")
    assert response.status_code == 200, response.text
    return held(OverviewAnswer, response.json)


def failure(
    client: FlaskClient, path: str, status: int, method: str = "GET", headers: dict[str, str] | None = None
) -> Json:
    """Return the error in the answer, after a check of the format of failures."""
    response = client.open(path, method=method, headers=headers)
    assert response.status_code == status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    return held(ErrorAnswer, response.json)["error"]
