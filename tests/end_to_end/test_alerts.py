"""Alert rules through real servers, which stream from venues, share a database and are killed."""

import os
import signal
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.engine.alerts.receiving import Receiver
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn
from tests.waiting import eventually

KEY = "0123456789abcdef"
HEADERS = {"X-API-Key": KEY}
LONG = 30
"""Seconds in which whatever is awaited must have come."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Yield a receiver of webhooks."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Yield the settings of servers that share a folder, over a stand-in that streams."""
    keys = tmp_path / "keys"
    keys.write_text(f"alice:pro:{sha256(KEY.encode()).hexdigest()}\n")
    with StandIn() as world:
        yield {
            **world.base_urls(),
            **world.open_streams().urls(),
            **AMPLE,
            "API_KEYS_FILE": str(keys),
            "DATA_DIR": str(tmp_path / "data"),
            "ALERT_PRIVATE_TARGETS": "true",
            "CACHE_WARMING_ENABLED": "false",
            "RATE_LIMIT_ENABLED": "false",
            "LOG_LEVEL": "ERROR",
        }


def state_rule(engine: Engine, receiver: Receiver, operand: str) -> Any:
    """State a rule that holds at once, and return its id."""
    when = {"left": operand, "op": ">", "right": 1}
    notify = [{"type": "webhook", "url": receiver.url}]
    rule = {"name": operand, "when": when, "notify": notify}
    answer = requests.post(f"{engine.url}/api/alert-rules", json=rule, headers=HEADERS, timeout=LONG)
    assert answer.status_code == 201
    return answer.json()["data"]["id"]


def sent_by(receiver: Receiver, rule: str) -> list[str]:
    """Return the ids of the messages that a rule has sent, without those of repeated attempts."""
    bodies = zip(receiver.ids, receiver.bodies, strict=True)
    return [*dict.fromkeys(id_ for id_, body in bodies if body["data"]["ruleId"] == rule)]


def test_rules_fire_once_and_survive_what_kills_a_server(
    settings: dict[str, str], receiver: Receiver
) -> None:
    """Of two servers one evaluates, and the other takes over: no alert is lost, and none is sent twice."""
    receiver.status = 503
    with Engine(settings) as first, Engine(settings) as second:
        price = state_rule(first, receiver, "price:BTC")
        other = state_rule(second, receiver, "price:ETH")
        eventually(lambda: sent_by(receiver, price) and sent_by(receiver, other), LONG)
        os.killpg(first.process.pid, signal.SIGKILL)
        first.process.wait(LONG)
        receiver.status = 200
        candle = state_rule(second, receiver, "close:SOLUSDT:1m")
        eventually(lambda: sent_by(receiver, candle), LONG)
        outcomes = f"{second.url}/api/alert-rules/{price}/deliveries"

        def delivered() -> bool:
            rows = requests.get(outcomes, headers=HEADERS, timeout=LONG).json()["data"]
            return [row["outcome"] for row in rows] == ["delivered", "HTTP 503"]

        eventually(delivered, LONG)
    [fired] = [body for body in receiver.bodies if body["data"]["ruleId"] == candle]

    assert [len(sent_by(receiver, rule)) for rule in (price, other, candle)] == [1, 1, 1]
    assert fired["type"] == "rule.fired"
    assert fired["data"]["values"][0]["operand"] == "close:SOLUSDT:1m"
    assert fired["data"]["cursor"]
