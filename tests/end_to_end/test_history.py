"""The stored history in the real server: recorded in the background, read after a restart, and in health."""

import time
from pathlib import Path

import requests

from tests.running import AMPLE, Engine
from tests.upstreams import StandIn
from tests.waiting import eventually

HOUR = 3600


def test_a_restarted_server_serves_closed_windows_without_a_call(stand_in: StandIn, tmp_path: Path) -> None:
    """Served candles are recorded, and a restarted server calls no provider for them."""
    settings = {
        **stand_in.base_urls(),
        **AMPLE,
        "HISTORY_ENABLED": "true",
        "DATA_DIR": f"{tmp_path / 'data'}",
        "RATE_LIMIT_ENABLED": "false",
        "CACHE_WARMING_ENABLED": "false",
    }
    now = int(time.time()) // HOUR * HOUR
    window = f"/api/ohlcv?symbol=BTC&startTime={now - 300 * HOUR}&endTime={now - 200 * HOUR}&limit=200"

    with Engine(settings) as engine:
        before = requests.get(engine.url + window, timeout=60).json()
        kept = f"{engine.url}/api/history"
        eventually(lambda: requests.get(kept, timeout=60).json()["data"])
    stand_in.calls.forget()
    with Engine(settings) as engine:
        after = requests.get(engine.url + window, timeout=60).json()
        file = requests.get(f"{engine.url}/api/export?symbol=BTC&interval=1h", timeout=60)
        health = requests.get(f"{engine.url}/api/health", timeout=60).json()

    assert after["data"] == before["data"]
    assert file.content.count(b"\r\n") == 102
    assert health["history"]["state"] == "ok"
    assert stand_in.calls.count() == 0


def test_a_server_without_a_folder_serves(stand_in: StandIn, tmp_path: Path) -> None:
    """A server whose folder cannot be written serves as usual, and reports it in health."""
    (tmp_path / "file").write_text("no folder")
    settings = {
        **stand_in.base_urls(),
        **AMPLE,
        "HISTORY_ENABLED": "true",
        "DATA_DIR": f"{tmp_path / 'file' / 'data'}",
        "RATE_LIMIT_ENABLED": "false",
        "CACHE_WARMING_ENABLED": "false",
    }
    with Engine(settings) as engine:
        candles = requests.get(f"{engine.url}/api/ohlcv?symbol=BTC", timeout=60)
        history = requests.get(f"{engine.url}/api/health", timeout=60).json()["history"]
        refused = requests.get(f"{engine.url}/api/history", timeout=60)

    assert candles.status_code == 200
    assert (history["state"], history["reason"]) == ("unavailable", "DATA_DIR cannot be written")
    assert refused.json()["error"]["code"] == "HISTORY_DISABLED"
