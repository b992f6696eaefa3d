"""`make examples`: record the engine's answers over the stand-in as the document's examples.

The clock and the stand-in's market are the same each time, so that only measured values differ.
"""

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from flask import Flask
from msgspec.structs import replace

from engine import create_app
from engine.config import ProviderSettings
from engine.history.series import SeriesKey
from engine.jobs.filling import new_job
from engine.web.hardening import LARGEST_BODY
from engine.web.openapi._examples import FOLDER
from engine.web.openapi._operations import request
from engine.web.openapi._rules import operation_id
from engine.web.services import services_of
from schemas import JobBody
from tests.clock import Clock
from tests.documentation import alerting
from tests.documentation.alerting import ExampleRule, targets_file
from tests.upstreams import Fault, StandIn
from tests.upstreams.coins import PRICED

KEYED = ("cryptocompare", "coincap", "cryptopanic", "newsapi")
MEASURED = {"latencyMs": 80, "latency": 80, "retryAfter": 60, "remaining": 9}
"""What differs from run to run, and what it is written as."""
AMPLE = {
    "prices_deadline_seconds": 600.0,
    "candles_deadline_seconds": 600.0,
    "sentiment_deadline_seconds": 600.0,
    "hedge_min_seconds": 600.0,
    "hedge_max_seconds": 600.0,
    "upstream_connect_seconds": 600.0,
    "upstream_read_seconds": 600.0,
    "upstream_total_seconds": 600.0,
}
"""Give every provider time to take part, however slow the machine is: a time-out would change the prices."""
KEY = "key"
JOB = "9f6ed0e1f0f94d5fa4d7c0bd3a4a6d11"
"""The id of the job in the examples: `JobQuery` has the same."""
MINUTES = 3
"""How many requests find a quota of one spent, where a minute ends between two of them."""


def main() -> None:
    """Write one file for each answer."""
    FOLDER.mkdir(exist_ok=True)
    for name, body in recorded().items():
        Path(FOLDER / f"{name}.json").write_bytes(orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n")


def recorded() -> dict[str, Any]:
    """Return the answers by the names of their operations, and the failures by their status."""
    clock = Clock()
    with StandIn(clock=clock) as stand_in:
        for coin in PRICED:  # a slow reply says nothing about the host's clock
            stand_in.market.ticker(coin)
        with TemporaryDirectory() as folder:
            app = _app(stand_in, clock, **_history(Path(folder)))
            example = ExampleRule(Path(folder), "owner", clock)
            answers = _answers(app, example)
            example.stop()
            services_of(app).recording.stop()
            failures = _failures(stand_in, clock, **_history(Path(folder)))
        return {name: steady(body) for name, body in (*answers, *failures)}


def _history(folder: Path) -> dict[str, Any]:
    """Return the settings of a history in `folder`, with a key for jobs."""
    (folder / "keys").write_text(f"owner:free:{sha256(KEY.encode()).hexdigest()}\n")
    return {
        "history_enabled": True,
        "data_dir": f"{folder}",
        "api_keys_file": f"{folder / 'keys'}",
        "alert_targets_file": str(targets_file(folder, "owner")),
    }


def _app(stand_in: StandIn, clock: Clock, **settings: Any) -> Flask:
    providers = {
        name.removesuffix("_BASE_URL").lower(): ProviderSettings(
            base_url=url, api_key="key" if name.removesuffix("_BASE_URL").lower() in KEYED else None
        )
        for name, url in stand_in.base_urls().items()
    }
    usual = {
        "providers": providers,
        "enable_news": True,
        "cache_warming_enabled": False,
        **AMPLE,
    }
    return create_app(clock, **{**usual, **settings})


OF_KEYS = ("/api/history/jobs", "/api/stream/ticket", "/api/account", "/api/alert-rules")
"""Paths that are asked with a key."""
STREAMS = (
    "/api/stream",
    "/api/stream/sse",
    "/compat/binance/stream",
    "/compat/binance/ws",
    "/compat/binance/ws/<path:names>",
)
"""Paths whose answers have no end."""
SHOWN = 4
"""Messages of a replay that are shown."""


def _steady(body: Any, path: str) -> Any:
    """Return an answer with constants for what is random."""
    if path.startswith("/api/alert-rules"):
        rows = body["data"]
        steady_rows = [*map(alerting.steady, rows)] if isinstance(rows, list) else alerting.steady(rows)
        return body | {"data": steady_rows}
    if isinstance(body, dict) and isinstance(body.get("data"), dict) and "ticket" in body["data"]:
        return body | {"data": body["data"] | {"ticket": "2ne4a7c1b9d04f6e8a35c7d9e1f0b2a4c6d8e0f1a3b5c7d9"}}
    if isinstance(body, dict) and isinstance(body.get("data"), dict) and "used" in body["data"]:
        used = body["data"]["used"] | {"requests": {"GET /api/prices": 12}}  # a minute may end meanwhile
        return body | {"data": body["data"] | {"used": used}}
    if path == "/api/stream/since":  # a thousand candles of the history, of which some are enough
        meta = {"cursor": "7f3a1c08-1795365630000-0", "more": True}
        return body | {"data": body["data"][:SHOWN], "meta": meta}
    if isinstance(body, dict) and "cursor" in body.get("meta", {}):
        return body | {"meta": body["meta"] | {"cursor": "7f3a1c08-1795365630000-0"}}
    return body


def _answers(app: Flask, example: ExampleRule) -> list[tuple[str, Any]]:
    client = app.test_client()
    client.get("/api/prices")  # so that ranks and latencies are known
    client.get("/api/ohlcv?symbol=BTC&limit=50")
    services = services_of(app)
    services.recording.tick()  # so that something is kept
    hours = SeriesKey("btc", "USDT", "1h")
    start = services.market.milliseconds() - 86_400_000
    job = replace(new_job("owner", "BTCUSDT", hours, start, start + 36_000_000, start * 2), id=JOB)
    services.archive.change(lambda storage: storage.add_job(job))
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view: Any = app.view_functions[rule.endpoint]
        if hasattr(view, "query") and rule.rule not in STREAMS:
            path, query, body = request(view, rule)
            method = min((rule.methods or set()) - {"HEAD", "OPTIONS"})
            if path.startswith("/api/alert-rules/"):
                example.keep(secrets=2 if (path.endswith("/secret") and method == "DELETE") else 1)
            headers = {"X-API-Key": KEY} if path.startswith(OF_KEYS) else {}
            response = client.open(path, method=method, query_string=query, json=body, headers=headers)
            assert response.status_code in (200, *view.statuses), (path, response.text)
            if response.is_json:
                found.append((operation_id(rule), _steady(response.json, path)))
            response.close()
    return found


def _failures(stand_in: StandIn, clock: Clock, **history: Any) -> list[tuple[str, Any]]:
    client = _app(stand_in, clock, rate_limit_sentiment=1, enable_news=False).test_client()
    sentiment = [client.get("/api/sentiment") for _ in range(MINUTES)]
    asked = [
        client.get("/api/ohlcv?symbol=BTC&limit=5"),
        client.get("/api/prices", headers={"Authorization": "Bearer unknown"}),
        client.get("/api/news"),
        client.post("/api/prices"),
        next(response for response in sentiment if response.status_code == 429),
        client.get("/api/ohlcv?symbol=BTC", data=b"x" * (LARGEST_BODY + 1)),
        _app(stand_in, clock, providers_candles=("coinbase",))
        .test_client()
        .get("/api/ohlcv?symbol=BTC&interval=1w"),
    ]
    full = _app(stand_in, clock, **history, history_max_bytes=1).test_client()
    asked.append(full.post("/api/history/jobs", json=JobBody.example, headers={"X-API-Key": KEY}))
    services_of(full.application).archive.stop()
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("status", status=500))
    asked.append(client.get("/api/ohlcv?symbol=ETH"))
    now = {"timestamp": int(clock())}
    return [(f"failure_{response.status_code}", dict(response.get_json(), **now)) for response in asked]


def steady(body: Any) -> Any:
    """Return the body with measured values replaced, so that two recordings are equal."""
    if isinstance(body, dict) and {"done", "total"} <= body.keys():
        return {**body, "id": JOB}
    if isinstance(body, dict):
        return {
            key: MEASURED[key] if key in MEASURED and value is not None else steady(value)
            for key, value in body.items()
        }
    return [steady(one) for one in body] if isinstance(body, list) else body


if __name__ == "__main__":
    main()
