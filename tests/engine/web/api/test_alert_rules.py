"""`/api/alert-rules`."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.history.errors import ArchiveUnreachable
from engine.web.services import services_of
from tests.engine.alerts.conftest import folder, migrated
from tests.engine.alerts.receiving import Receiver
from tests.engine.web.conftest import Make

__all__ = ["folder", "migrated"]
KEYS = {"alice": "0123456789abcdef", "bob": "fedcba9876543210"}
RULES = "/api/alert-rules"
Ask = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Yield a receiver of webhooks."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def client(make: Make, folder: Path) -> Iterator[FlaskClient]:
    """Yield a client of an application with two keys, which may send to this machine."""
    keys = folder / "keys"
    keys.write_text(
        "".join(f"{name}:free:{sha256(key.encode()).hexdigest()}\n" for name, key in KEYS.items())
    )
    client = make(
        api_keys_file=str(keys),
        data_dir=str(folder),
        alert_private_targets=True,
        stream_enabled=False,
    )
    yield client
    services_of(client.application).alerting.stop()


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """Return a function that sends requests, by default with Alice's key."""

    def send(method: str, path: str = "", owner: str = "alice", **more: Any) -> TestResponse:
        return client.open(f"{RULES}{path}", method=method, headers={"X-API-Key": KEYS[owner]}, **more)

    return send


def stated(receiver: Receiver, **members: object) -> dict[str, Any]:
    """Return a rule as clients send it."""
    when = {"left": "price:BTC", "op": ">", "right": 1}
    notify = [{"type": "webhook", "url": receiver.url}]
    return {"name": "above", "when": when, "notify": notify, **members}


def test_a_rule_is_made_changed_and_deleted(ask: Ask, receiver: Receiver) -> None:
    """A rule's secret is shown once, and omitted members have their defaults."""
    made = ask("POST", json=stated(receiver))
    rule = made.get_json()["data"]
    secret = rule.pop("secret")
    found = ask("GET", f"/{rule['id']}").get_json()
    changed = ask("PATCH", f"/{rule['id']}", json={"cooldownSeconds": 60})

    assert made.status_code == 201
    assert secret.startswith("whsec_")
    assert (rule["on"], rule["minSources"], rule["repeat"], rule["state"]) == ("tick", 3, True, "unknown")
    assert found == {"success": True, "data": rule}
    assert ask("GET").get_json()["data"] != [rule]
    assert changed.get_json() == {"success": True, "data": {**rule, "cooldownSeconds": 60}}
    assert ask("DELETE", f"/{rule['id']}").status_code == 204
    assert ask("GET").get_json() == {"success": True, "data": []}


def test_rules_need_a_key_and_belong_to_it(ask: Ask, client: FlaskClient, receiver: Receiver) -> None:
    """Without a key, requests about rules are 401, and with another owner's key the rule is 404."""
    id_ = ask("POST", json=stated(receiver)).get_json()["data"]["id"]
    ways = [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/deliveries")]
    ways += [("POST", "/secret"), ("DELETE", "/secret")]

    for method, way in ways:
        body: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
        foreign = ask(method, f"/{id_}{way}", owner="bob", **body)
        assert (foreign.status_code, foreign.get_json()["error"]["code"]) == (404, "NOT_FOUND"), (method, way)
        assert client.open(f"{RULES}/{id_}{way}", method=method, **body).status_code == 401, (method, way)
    assert client.post(RULES, json=stated(receiver)).status_code == 401
    assert ask("GET", owner="bob").get_json()["data"] == []


@pytest.mark.parametrize(
    ("members", "code", "details"),
    [
        (
            {"when": {"all": [{"left": "price:BTX", "op": ">", "right": 1}]}},
            "INVALID_PARAMETER",
            {"when.all.0.left": ["names no coin or pair that is known; did you mean BTC"]},
        ),
        ({"colour": "red"}, "INVALID_PARAMETER", {"colour": ["Unknown field."]}),
        (
            {"notify": [{"type": "telegram", "target": "chat"}]},
            "INVALID_TARGET",
            {"notify.0.target": ["names no target that this key may use"]},
        ),
    ],
)
def test_mistakes_are_named(ask: Ask, receiver: Receiver, members: Any, code: str, details: object) -> None:
    """The details of an error have the path of each mistake in a rule."""
    answer = ask("POST", json=stated(receiver, **members))
    error = answer.get_json()["error"]

    assert (answer.status_code, error["code"], error["details"]) == (400, code, details)


def test_a_tier_has_so_many_rules(ask: Ask, receiver: Receiver) -> None:
    """A rule above the tier's limit is `LIMIT_REACHED`, and each owner has a separate limit."""
    statuses = [ask("POST", json=stated(receiver)).status_code for _ in range(20)]
    refused = ask("POST", json=stated(receiver))

    assert set(statuses) == {201}
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (422, "LIMIT_REACHED")
    assert ask("POST", owner="bob", json=stated(receiver)).status_code == 201


def test_a_second_secret_signs_until_the_older_is_ended(ask: Ask, receiver: Receiver) -> None:
    """A rule has at most two secrets, and its last one cannot be deleted."""
    path = f"/{ask('POST', json=stated(receiver)).get_json()['data']['id']}/secret"
    alone = ask("DELETE", path)
    second = ask("POST", path)
    third = ask("POST", path)

    assert alone.status_code == 404
    assert (second.status_code, second.get_json()["data"]["secret"][:6]) == (201, "whsec_")
    assert (third.status_code, third.get_json()["error"]["code"]) == (422, "LIMIT_REACHED")
    assert ask("DELETE", path).status_code == 204
    assert ask("DELETE", path).status_code == 404


def test_the_engine_says_why_there_are_no_rules(make: Make, tmp_path: Path) -> None:
    """Where rules are disabled they are 404; health has that reason, or that `DATA_DIR` cannot be written."""
    off = make(alerts_enabled=False)
    (tmp_path / "file").write_text("")
    lost = make(data_dir=str(tmp_path / "file"), stream_enabled=False)
    services_of(lost.application).alerting.start()

    assert off.get(RULES).get_json()["error"]["code"] == "FEATURE_DISABLED"
    assert off.get("/api/health").get_json()["alerts"] == {
        "state": "off",
        "reason": "ALERTS_ENABLED is false",
    }
    assert lost.get("/api/health").get_json()["alerts"] == {
        "state": "unavailable",
        "reason": "DATA_DIR cannot be written",
    }


def test_rules_are_a_table(ask: Ask, receiver: Receiver) -> None:
    """The owner of a key gets rules and their deliveries as CSV."""
    made = ask("POST", json=stated(receiver))
    rules = ask("GET", ".csv")
    deliveries = ask("GET", f"/{made.get_json()['data']['id']}/deliveries.csv")

    assert rules.text.splitlines()[0].startswith("id,name,on,repeat,state")
    assert made.get_json()["data"]["id"] in rules.text
    assert deliveries.text == "id,time,attempt,status,outcome,nextAttempt\r\n"


def test_an_outage_of_the_database_ends_no_rule(client: FlaskClient, ask: Ask) -> None:
    """While the database does not answer, a rule is 503 with `Retry-After`, and not 404."""
    known = services_of(client.application).alert_rules._access.availability
    known.lost(ArchiveUnreachable("the database does not answer"))
    rule = f"/{'a' * 32}"
    for method, path in (("GET", ""), ("GET", rule), ("DELETE", rule), ("GET", f"{rule}/deliveries")):
        answer = ask(method, path)

        assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "OVERLOADED")
        assert int(answer.headers["Retry-After"]) > 0
