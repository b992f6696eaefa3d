"""Failures as RFC 9457 describes them, for clients that ask for that."""

import pytest
from flask.testing import FlaskClient

from schemas import ErrorAnswer, ProblemAnswer
from tests.documented import documented, watch
from tests.engine.web.api.answers import held
from tests.engine.web.conftest import Make

__all__ = ["documented", "watch"]
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status", "code", "title"),
    [
        ("/api/ohlcv?symbol=BTC&interval=7h", 400, "INVALID_INTERVAL", "Invalid interval"),
        ("/api/nothing", 404, "NOT_FOUND", "Not found"),
        ("/api/news", 404, "FEATURE_DISABLED", "Feature disabled"),
    ],
)
def test_a_problem_has_all_members(
    client: FlaskClient, path: str, status: int, code: str, title: str
) -> None:
    """A problem has its type, title, status and detail, and the code and details of other failures."""
    response = client.get(path, headers={"Accept": f"application/json, {PROBLEM}"})
    problem = held(ProblemAnswer, response.json)
    usual = held(ErrorAnswer, client.get(path).json)["error"]

    assert response.content_type == PROBLEM
    assert (response.status_code, problem["status"]) == (status, status)
    assert problem["type"] == f"urn:crypto-data-engine:error:{code}"
    assert (problem["title"], problem["code"]) == (title, code)
    assert (problem["detail"], problem.get("details")) == (usual["message"], usual.get("details"))


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", f"{PROBLEM};q=0", f"application/json, {PROBLEM};q=0.5"]
)
def test_other_clients_get_the_usual_body(client: FlaskClient, accept: str) -> None:
    """A client that does not ask for problems, or prefers JSON, gets the usual body."""
    response = client.get("/api/ohlcv", headers={"Accept": accept})

    assert response.content_type == "application/json"
    assert held(ErrorAnswer, response.json)["success"] is False


def test_an_answer_stays_what_it_is(client: FlaskClient) -> None:
    """A client that reads problems gets data as JSON."""
    response = client.get("/api/symbols", headers={"Accept": PROBLEM})

    assert (response.status_code, response.content_type) == (200, "application/json")


def test_a_spent_quota_is_a_problem_too(make: Make) -> None:
    """A refusal has the seconds to wait, whether Flask or the fast path sends it, under either name."""
    client = make(rate_limit_enabled=True, rate_limit_prices=2)
    paths = ("/api/prices?symbols=BTC", "/api/v1/prices?symbols=BTC", "/api/prices?symbols=BTC")
    answers = [client.get(path, headers={"Accept": PROBLEM}) for path in paths]
    problem = held(ProblemAnswer, answers[-1].json)

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert problem["code"] == "RATE_LIMITED"
    assert problem["retryAfter"] == int(answers[-1].headers["Retry-After"]) > 0


def test_the_stable_name_is_the_same_resource(client: FlaskClient) -> None:
    """`/api/v1/x` answers as `/api/x` does, also for unknown paths."""
    names = ("ohlcv?symbol=BTC", "symbols", "health", "")
    for name in names:
        assert client.get(f"/api/v1/{name}").status_code == client.get(f"/api/{name}").status_code == 200
    rows, same = (client.get(f"/api{version}/ohlcv?symbol=BTC").get_json() for version in ("", "/v1"))
    assert rows["data"] == same["data"]
    assert client.get("/api/v1").status_code == 200
    assert held(ErrorAnswer, client.get("/api/v1/nothing").json)["error"]["code"] == "NOT_FOUND"
    assert client.get("/api/v12/symbols").status_code == 404


def test_binances_addresses_are_at_the_root_if_wanted(make: Make) -> None:
    """With `BINANCE_AT_ROOT` clients that can change only the host are served, and not without it."""
    path = "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=2"
    served, not_served = make(binance_at_root=True), make()

    assert served.get(path).json == served.get(f"/compat/binance{path}").json
    assert served.get("/api/v3/klines").json == {
        "code": -1102,
        "msg": "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
    }
    assert not_served.get(path).status_code == 404
