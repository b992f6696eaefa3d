"""Every failure has the same format, including those of the framework."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import default_exceptions

from engine.web import errors
from schemas import ErrorAnswer
from tests.engine.web.api.answers import failure, held, prices
from tests.engine.web.conftest import Make


@pytest.mark.parametrize("path", ["/nothing", "/apis", "/api/nothing", "/assets/0/nothing.js"])
def test_unknown_addresses(client: FlaskClient, path: str) -> None:
    """An unknown path is 404 in the common format."""
    assert failure(client, path, 404)["code"] == "NOT_FOUND"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_wrong_methods(client: FlaskClient, method: str) -> None:
    """A wrong method is 405 with the allowed ones."""
    assert failure(client, "/api/prices", 405, method)["code"] == "METHOD_NOT_ALLOWED"
    assert "GET" in client.open("/api/prices", method=method).headers["Allow"]


@pytest.mark.parametrize("status", sorted(default_exceptions))
def test_every_failure_that_the_framework_knows(status: int) -> None:
    """Every HTTP exception of the framework becomes an answer in the common format."""
    app = Flask(__name__)
    errors.register(app)

    @app.get("/")
    def fails() -> str:
        raise default_exceptions[status]

    response = app.test_client().get("/")

    assert response.status_code == status
    assert held(ErrorAnswer, response.json)["error"]["code"].isupper()


def test_a_fault_of_ours_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """An internal error is 500 without details, which only the log has."""
    app = Flask(__name__)
    errors.register(app)

    @app.get("/")
    def fails() -> str:
        raise RuntimeError("a secret in /a/path")

    response = app.test_client().get("/")

    assert response.status_code == 500
    assert held(ErrorAnswer, response.json)["error"]["code"] == "INTERNAL_ERROR"
    assert "secret" not in response.text
    assert "a secret in /a/path" in caplog.text


def test_a_spent_quota(make: Make) -> None:
    """A spent quota is 429 with the time to wait in header and body, and health is still served."""
    client = make(rate_limit_enabled=True, rate_limit_prices=2)
    prices(client, "symbols=BTC")
    prices(client, "symbols=BTC")
    response = client.get("/api/prices?symbols=BTC")
    error = held(ErrorAnswer, response.json)["error"]

    assert response.status_code == 429
    assert error["code"] == "RATE_LIMITED"
    assert response.headers["Retry-After"] == str(error["retryAfter"])
    assert 1 <= error["retryAfter"] <= 61
    assert client.get("/api/health").status_code == 200


def test_every_limited_answer_reports_the_quota(make: Make) -> None:
    """Every limited answer reports the quota, and `Retry-After` is only in refusals."""
    headers = make(rate_limit_enabled=True).get("/api/symbols").headers

    assert headers["X-RateLimit-Limit"] == "60"
    assert headers["X-RateLimit-Remaining"] == "59"
    assert int(headers["X-RateLimit-Reset"]) > 0
    assert headers["RateLimit-Policy"] == '"default";q=60;w=60'
    assert re.fullmatch('"default";r=59;t=[0-9]+', headers["RateLimit"])
    assert "Retry-After" not in headers


def test_browsers_may_call_from_anywhere(client: FlaskClient) -> None:
    """By default, browsers may call from any origin."""
    response = client.get("/api/symbols", headers={"Origin": "https://example.org"})

    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_body_on_get_is_not_read(client: FlaskClient) -> None:
    """A body on GET is ignored, because some clients announce JSON on every request."""
    response = client.get("/api/symbols", data="{not json", content_type="application/json")

    assert response.status_code == 200


def allowed(client: FlaskClient, origin: str) -> str | None:
    """Return the origin that an answer admits to a page of `origin`."""
    answer = client.get("/api/symbols", headers={"Origin": origin})
    return answer.headers.get("Access-Control-Allow-Origin")


def test_browsers_may_call_from_named_origins_only(make: Make) -> None:
    """Browsers may call only from the origins in `CORS_ORIGINS`."""
    client = make(cors_origins="https://a.example, https://b.example")

    assert allowed(client, "https://b.example") == "https://b.example"
    assert allowed(client, "https://c.example") is None


def test_an_origin_with_an_ipv6_address_is_no_pattern(make: Make) -> None:
    """Only the same address matches, and not a page whose name begins with one of its characters."""
    client = make(cors_origins="http://[::1]:3000")

    assert allowed(client, "http://[::1]:3000") == "http://[::1]:3000"
    for origin in (
        "http://1:3000.evil.example",
        "http://:",
        "http://[::1]:3000.evil.example",
        "http://[::1]",
    ):
        assert allowed(client, origin) is None
