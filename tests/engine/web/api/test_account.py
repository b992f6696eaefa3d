"""`GET /api/account`, and the limits of tiers where they apply."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.config.tiers import DAY
from engine.history.series import SeriesKey
from engine.web.services import services_of
from tests.engine.history.kept import MINUTE, START, Cause, finding, kept
from tests.engine.web.api.answers import failure
from tests.engine.web.conftest import Make

EXPORT = "/api/export?symbol=BTC&interval=1m"
TEAM = """
team: {requests: 90, series: 3, streams: 7, channels: 9, days: 400, rows: 100, rules: 5}
anonymous: {series: 2, rows: 10}
"""


def hashed(secret: str) -> str:
    """Return what the file has instead of a key."""
    return sha256(secret.encode()).hexdigest()


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    """The settings with keys and tiers."""
    keys, tiers = tmp_path / "keys", tmp_path / "tiers"
    lines = [f"alice:team:{hashed('old')}:2999-01-01", f"alice:team:{hashed('new')}"]
    keys.write_text("\n".join([*lines, f"bob:unlimited:{hashed('bob')}", f"late:team:{hashed('late')}:1"]))
    tiers.write_text(TEAM)
    return {"api_keys_file": str(keys), "tiers_file": str(tiers), "rate_limit_enabled": True}


@pytest.fixture
def client(make: Make, settings: dict[str, Any]) -> FlaskClient:
    """A client of an engine with them."""
    return make(**settings)


def account(client: FlaskClient, secret: str | None = None) -> Any:
    """Return the account of a key."""
    answer = client.get("/api/account", headers={"X-API-Key": secret} if secret else {})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json is not None
    return answer.json["data"]


def test_a_key_has_the_limits_of_its_tier(client: FlaskClient) -> None:
    """The account names the owner, the tier, the end of the key and all limits."""
    found = account(client, "old")

    assert (found["name"], found["tier"], found["expires"]) == ("alice", "team", "2999-01-01T00:00:00Z")
    assert found["limits"] == {
        "requestsPerMinute": {"ohlcv": 90, "prices": 180, "sentiment": 45, "default": 90},
        "seriesPerBatch": 3,
        "streams": 7,
        "channelsPerStream": 9,
        "historyDays": 400,
        "exportRowsPerDay": 100,
        "alertRules": 5,
    }
    assert found["used"] == {
        "requests": {"GET /api/account": 1},
        "streams": 0,
        "exportRows": 0,
        "alertRules": 0,
    }


def test_without_a_key_the_limits_are_those_of_everybody(client: FlaskClient) -> None:
    """A caller without a key has no name, and the tier `anonymous`."""
    found = account(client)

    assert (found["name"], found["tier"], found["expires"]) == (None, "anonymous", None)
    assert (found["limits"]["seriesPerBatch"], found["limits"]["exportRowsPerDay"]) == (2, 10)


def test_what_has_no_limit_is_null_and_is_not_counted(client: FlaskClient) -> None:
    """An unlimited key has no quota of requests."""
    found = account(client, "bob")

    assert set(found["limits"]["requestsPerMinute"].values()) == {None}
    assert found["used"]["requests"] == {}


def test_the_quotas_of_a_name_outlive_its_keys(client: FlaskClient) -> None:
    """All keys of a name spend one quota, so that a new key gives no second one."""
    for secret, count in (("old", 1), ("new", 2), ("old", 3)):
        answer = client.get("/api/ohlcv?symbol=BTC", headers={"X-API-Key": secret})
        assert answer.headers["X-RateLimit-Limit"] == "90"
        assert answer.headers["X-RateLimit-Remaining"] == f"{90 - count}"
    assert account(client, "new")["used"]["requests"]["GET /api/ohlcv"] == 3


def test_an_expired_key_is_unknown(client: FlaskClient) -> None:
    """A key that has ended is UNAUTHORIZED, as one that never was."""
    answer = client.get("/api/account", headers={"Authorization": "Bearer late"})

    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["error"]["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/api/ohlcv/batch?symbols=BTC,ETH&intervals=1h", {}, 200),
        ("/api/ohlcv/batch?symbols=BTC,ETH,SOL&intervals=1h", {}, 400),
        ("/api/ohlcv/batch?symbols=BTC,ETH,SOL&intervals=1h", {"X-API-Key": "new"}, 200),
        ("/api/ohlcv/batch?symbols=BTC,ETH&intervals=1h,4h", {"X-API-Key": "new"}, 400),
        ("/api/indicators?symbols=BTC,ETH&indicators=rsi,obv", {"X-API-Key": "new"}, 400),
    ],
)
def test_a_batch_has_the_series_of_the_tier(
    client: FlaskClient, path: str, headers: dict[str, str], status: int
) -> None:
    """Candles and indicators of several series are bounded by the tier."""
    assert client.get(path, headers=headers).status_code == status


def test_exports_have_a_number_of_rows_a_day(make: Make, settings: dict[str, Any], tmp_path: Path) -> None:
    """Candles that are kept count. More than those of a day are RANGE_TOO_LARGE, more than its rest 429."""
    client = make(**settings, history_enabled=True, data_dir=f"{tmp_path}")
    archive = services_of(client.application).archive
    archive.write(SeriesKey("btc", "USDT", "1m"), finding(*(kept(at) for at in range(50))), Cause.JOB)
    few = f"{EXPORT}&startTime={START - DAY}&endTime={START + 5 * MINUTE}"

    def exported(path: str, secret: str | None = None) -> int:
        with client.get(path, headers={"X-API-Key": secret} if secret else {}) as answer:
            return answer.status_code

    assert failure(client, EXPORT, 422)["details"] == {"rows": 10}
    assert exported(few) == 200
    assert failure(client, few, 429)["message"] == "This export has 6 of 10 rows a day, and fewer are left"
    refused = client.get(few)
    assert 0 < int(refused.headers["Retry-After"]) <= 2 * 86_400
    assert account(client)["used"]["exportRows"] == 6

    assert [exported(EXPORT, "new") for _ in range(3)] == [200, 200, 429]
    assert account(client, "old")["used"]["exportRows"] == 100
    assert [exported(EXPORT, "bob") for _ in range(3)] == [200] * 3
    archive.stop()


def test_history_has_a_number_of_days_a_request(make: Make, settings: dict[str, Any], tmp_path: Path) -> None:
    """An export or a job over more days than the tier has is RANGE_TOO_LARGE, with the limit."""
    client = make(**settings, history_enabled=True, data_dir=f"{tmp_path}")
    services = services_of(client.application)
    end = services.market.milliseconds()
    body = {"symbol": "BTC", "interval": "1d", "startTime": end - 402 * DAY, "endTime": end}
    mine = {"X-API-Key": "new"}
    answers = [
        client.get("/api/export", query_string=body, headers=mine),
        client.post("/api/history/jobs", json=body, headers=mine),
    ]

    for answer in answers:
        assert answer.json is not None
        assert (answer.status_code, answer.json["error"]["code"]) == (422, "RANGE_TOO_LARGE")
        assert answer.json["error"]["details"] == {"days": 400}
    assert client.post("/api/history/jobs", json=body, headers={"X-API-Key": "bob"}).status_code == 202
    services.archive.stop()
