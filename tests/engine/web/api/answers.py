"""Reading answers: every one is held against the schema that documents it."""

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

Json = Any


def held(schema: type[Schema], body: Json, *, many: bool = False) -> Json:
    """The body, once it is exactly what the schema says."""
    errors = schema(unknown=RAISE).validate(body, many=many)
    assert not errors, errors
    return body


def ohlcv(client: FlaskClient, query: str) -> Json:
    """A good answer to a request for candles."""
    response = client.get(f"/api/ohlcv?{query}")
    assert response.status_code == 200, response.text
    return held(OhlcvAnswer, response.json)


def prices(client: FlaskClient, query: str = "") -> Json:
    """A good answer to a request for prices."""
    response = client.get(f"/api/prices?{query}")
    assert response.status_code == 200, response.text
    return held(PricesAnswer, response.json)


def sentiment(client: FlaskClient, query: str = "") -> Json:
    """Return a good answer to a request for sentiment."""
    response = client.get(f"/api/sentiment?{query}")
    assert response.status_code == 200, response.text
    return held(SentimentAnswer, response.json)


def news(client: FlaskClient, query: str = "") -> Json:
    """A good answer to a request for news."""
    response = client.get(f"/api/news?{query}")
    assert response.status_code == 200, response.text
    return held(NewsAnswer, response.json)


def overview(client: FlaskClient) -> Json:
    """A good answer to a request for the market as a whole."""
    response = client.get("/api/market/overview")
    assert response.status_code == 200, response.text
    return held(OverviewAnswer, response.json)


def failure(client: FlaskClient, path: str, status: int, method: str = "GET") -> Json:
    """The error in the answer, once its body is the one for all failures."""
    response = client.open(path, method=method)
    assert response.status_code == status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    return held(ErrorAnswer, response.json)["error"]
