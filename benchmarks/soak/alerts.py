"""Alert rules that fire all the time, and tests of them, which are delivered to a receiver."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import requests

from tests.engine.alerts.receiving import Receiver
from tests.running import Engine

KEY = "0123456789abcdef"
HEADERS = {"X-API-Key": KEY}
COINS = ("BTC", "ETH", "SOL", "DOGE")
TEST_EACH = 5.0
"""Seconds between two tests of a rule."""
PATIENCE = 60


def settings(folder: Path) -> Mapping[str, str]:
    """Return settings with which alerts may be sent to this machine, after writing the key to `folder`."""
    keys = folder / "keys"
    keys.write_text(f"soak:pro:{sha256(KEY.encode()).hexdigest()}\n")
    return {"API_KEYS_FILE": f"{keys}", "ALERT_PRIVATE_TARGETS": "true"}


def state_rules(engine: Engine, receiver: Receiver) -> list[str]:
    """State rules on prices and closes that cross the present ones, and return their ids."""
    prices = requests.get(f"{engine.url}/api/prices?symbols={','.join(COINS)}", timeout=PATIENCE).json()[
        "data"
    ]
    return [
        _stated(engine, receiver, operand, operator, row["price"])
        for row in prices
        for operand in (f"price:{row['symbol']}", f"close:{row['symbol']}USDT:1m")
        for operator in ("<", ">")
    ]


def _stated(engine: Engine, receiver: Receiver, operand: str, operator: str, price: float) -> str:
    rule: Mapping[str, Any] = {
        "name": f"{operand} {operator}",
        "when": {"left": operand, "op": operator, "right": price},
        "notify": [{"type": "webhook", "url": receiver.url}],
    }
    answer = requests.post(f"{engine.url}/api/alert-rules", json=rule, headers=HEADERS, timeout=PATIENCE)
    answer.raise_for_status()
    return str(answer.json()["data"]["id"])


async def try_rules(engine: Engine, rules: list[str], count: Counter[str]) -> None:
    """Let one rule after the other send its test, until it is cancelled."""
    turn = 0
    while True:
        url = f"{engine.url}/api/alert-rules/{rules[turn % len(rules)]}/test"
        answer = await asyncio.to_thread(requests.post, url, headers=HEADERS, timeout=PATIENCE)
        count["tests of rules" if answer.ok else "failed tests of rules"] += 1
        turn += 1
        await asyncio.sleep(TEST_EACH)
