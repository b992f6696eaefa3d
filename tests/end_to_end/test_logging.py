"""The logs of the real server: a line for every request, and the request of each failure."""

import json
import os
import signal
import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.running import Engine
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually

Line = dict[str, Any]
SECRET = "S3cr3tS3cr3tS3cr3tS3cr3tS3cr3t"


def run(
    stand_in: StandIn, folder: Path, ask: Callable[[Engine], None], **settings: str
) -> tuple[list[Line], str]:
    """Return the lines of a server during `ask`, as objects and as text."""
    quiet = {"CACHE_WARMING_ENABLED": "false", "LOG_FORMAT": "json", **settings}
    with (folder / "log").open("wb") as log, Engine({**stand_in.base_urls(), **quiet}, log=log) as engine:
        ask(engine)
    text = (folder / "log").read_text()
    return [json.loads(line) for line in text.splitlines()] if quiet["LOG_FORMAT"] == "json" else [], text


def of(lines: list[Line], logger: str) -> list[Line]:
    """Return the lines of one logger."""
    return [line for line in lines if line["logger"] == logger]


def test_what_the_arbiter_says_is_an_object_too(stand_in: StandIn, tmp_path: Path) -> None:
    """A failure before any worker has its log is a JSON object as well, and so is the deployment's name."""
    lines, _ = run(
        stand_in, tmp_path, lambda engine: None, ENV="staging-7", PROMETHEUS_MULTIPROC_DIR="/proc/no/folder"
    )

    assert [line for line in lines if "metrics folder unavailable" in line["message"]]
    assert [line["message"] for line in lines if "staging-7" in line["message"]] == ["deployment: staging-7"]


@pytest.mark.parametrize("kind", ["gevent", "gthread"])
def test_every_line_is_an_object(stand_in: StandIn, tmp_path: Path, kind: str) -> None:
    """Every line is a JSON object, including gunicorn's, and each request has one with its answer's id."""
    answers: list[requests.Response] = []

    def ask(engine: Engine) -> None:
        for path in ("/api/ohlcv?symbol=BTC&limit=60", "/api/ohlcv/BTC?limit=60", "/nothing", "/api/health"):
            answers.append(requests.get(engine.url + path, timeout=20))
        answers.append(requests.get(engine.url + "/api/ohlcv?symbol=BTC&limit=60", timeout=20))
        answers.append(requests.delete(engine.url + "/api/prices", timeout=20))
        answers.append(requests.get(engine.url + "/" + "a" * 9000, timeout=20))

    lines, _ = run(stand_in, tmp_path, ask, WORKER_CLASS=kind)
    logged = of(lines, "engine.requests")
    asked = [answer for answer in answers if "/api/health" not in answer.url]
    assert [line["request_id"] for line in logged] == [answer.headers["X-Request-ID"] for answer in asked]
    assert len({line["request_id"] for line in logged}) == len(logged)
    assert [line["status"] for line in logged] == [answer.status_code for answer in asked]
    assert [(line["method"], line["path"], line.get("cache")) for line in logged] == [
        ("GET", "/api/ohlcv", "miss"),
        ("GET", "/api/ohlcv", "hit"),
        ("GET", "/nothing", None),
        ("GET", "/api/ohlcv", "hit"),
        ("DELETE", "/api/prices", None),
        ("OTHER", "unknown", None),
    ]
    for line, answer in zip(logged[:5], asked, strict=False):
        assert line["bytes"] == int(answer.headers["Content-Length"])
        assert line["level"] == "INFO"
        assert 0 <= line["duration_ms"] < 20_000
    for line in lines:
        assert line["time"].endswith("Z")
        assert datetime.fromisoformat(line["time"]).microsecond % 1000 == 0
        assert line["message"]
    assert of(lines, "gunicorn.error")


def test_a_failure_says_for_which_request_it_was(stand_in: StandIn, tmp_path: Path) -> None:
    """A failure's line has the request's id, in any pool, and successful calls are logged at `DEBUG`."""
    stand_in.fault("binance", Fault("status", status=500, path="klines"))
    stand_in.fault("okx", Fault("status", status=500, path="ticker"))
    stand_in.fault("rss", Fault("status", status=500, path="decrypt"))

    def ask(engine: Engine) -> None:
        for name, path in (
            ("candles-1", "/api/ohlcv?symbol=BTC"),
            ("prices-1", "/api/prices?symbols=BTC"),
            ("sentiment-1", "/api/sentiment"),
        ):
            answer = requests.get(engine.url + path, headers={"X-Request-ID": name}, timeout=20)
            assert answer.headers["X-Request-ID"] == name

    lines, _ = run(stand_in, tmp_path, ask, LOG_LEVEL="DEBUG")
    logged = of(lines, "engine.telemetry.event_log")
    failed = {(line["request_id"], line["provider"]) for line in logged if line["event"] == "ProviderFailed"}
    well = {
        (line["request_id"], line["provider"])
        for line in logged
        if line["message"].split(": ")[-1][:2] == "ok"
    }
    assert failed == {("candles-1", "binance"), ("prices-1", "okx"), ("sentiment-1", "rss")}
    assert {("candles-1", "kraken"), ("prices-1", "binance"), ("sentiment-1", "alternative_me")} <= well
    assert {line["level"] for line in logged if line["event"] == "ProviderFailed"} == {"WARNING"}
    assert {line["level"] for line in logged if line["event"] == "Asked"} == {"DEBUG"}


def test_what_happens_behind_an_answer_has_an_id_of_its_own(stand_in: StandIn, tmp_path: Path) -> None:
    """A background refresh has its own id, which differs from that of the request before it."""

    def ask(engine: Engine) -> None:
        requests.get(engine.url + "/api/prices?symbols=BTC", timeout=20)
        stand_in.fault("binance", Fault("status", status=500))
        calls = stand_in.calls.count("binance")
        while stand_in.calls.count("binance") == calls:
            requests.get(engine.url + "/api/prices?symbols=BTC", timeout=20)

    lines, _ = run(stand_in, tmp_path, ask, CACHE_TTL_PRICES="1", RATE_LIMIT_ENABLED="false")
    names = {
        line["request_id"]
        for line in of(lines, "engine.telemetry.event_log")
        if line["event"] == "ProviderFailed"
    }
    assert len(names) == 1
    assert names.pop().startswith("refresh-")


@pytest.mark.parametrize("written", ["json", "text"])
def test_nothing_secret_is_logged(stand_in: StandIn, tmp_path: Path, written: str) -> None:
    """No part of a query, header, body, path, method or id is logged if it may be secret, and no address."""

    def ask(engine: Engine) -> None:
        base = engine.url
        for path in (
            f"/api/ohlcv?symbol=BTC&api_key={SECRET}",
            f"/api/ohlcv/{SECRET}",
            f"/nothing/{SECRET}",
            f"/nothing%3Fkey={SECRET[:12]}",
            f"/nothing;key={SECRET[:12]}",
            f"/api/prices?symbols={SECRET}",
        ):
            requests.get(base + path, timeout=20)
        for headers in ({"X-API-Key": SECRET}, {"Authorization": f"Bearer {SECRET}"}, {"Cookie": SECRET}):
            requests.get(base + "/api/symbols", headers=headers, timeout=20)
            requests.get(base + "/metrics", headers=headers, timeout=20)
        requests.post(base + "/api/sentiment/analyze", data=SECRET, timeout=20)
        requests.request(SECRET, base + "/api/symbols", timeout=20)
        requests.get(base + "/api/symbols", headers={"X-Request-ID": f"a b{SECRET}"}, timeout=20)
        requests.get(base + "/api/symbols", headers={"X-Forwarded-For": "203.0.113.77"}, timeout=20)
        with socket.create_connection(("127.0.0.1", engine.port), timeout=10) as broken:
            broken.sendall(f"{SECRET} {SECRET}\r\n\r\n".encode())
            broken.recv(1000)

    _, text = run(
        stand_in,
        tmp_path,
        ask,
        LOG_FORMAT=written,
        LOG_LEVEL="DEBUG",
        TRUSTED_PROXY_HOPS="1",
        METRICS_TOKEN="x",
    )
    about = [line for line in text.splitlines() if not line_of_its_own(line)]
    assert len(about) > 15
    for line in about:
        assert SECRET[:12] not in line
        assert "203.0.113.77" not in line
        assert "127.0.0.1" not in line


def line_of_its_own(line: str) -> bool:
    """Return whether a line is about gunicorn's own address."""
    return "Listening at" in line or "Current configuration" in line


def test_warnings_only(stand_in: StandIn, tmp_path: Path) -> None:
    """At `WARNING` the engine logs only requests that no provider could answer."""

    def ask(engine: Engine) -> None:
        requests.get(engine.url + "/api/ohlcv?symbol=BTC", timeout=20)
        for provider in stand_in.base_urls():
            stand_in.fault(provider.removesuffix("_BASE_URL").lower(), Fault("status", status=500))
        requests.get(engine.url + "/api/ohlcv?symbol=ETH", timeout=20)

    lines, _ = run(stand_in, tmp_path, ask, LOG_LEVEL="WARNING")
    assert [(line["status"], line["level"]) for line in of(lines, "engine.requests")] == [(503, "WARNING")]
    assert {line["level"] for line in lines} <= {"WARNING", "ERROR"}


@pytest.mark.parametrize(("kind", "sent"), [("gevent", signal.SIGQUIT), ("gthread", signal.SIGINT)])
def test_a_stop_loses_no_line(stand_in: StandIn, tmp_path: Path, kind: str, sent: signal.Signals) -> None:
    """Lines of requests that wait to be written are written before a worker ends."""
    names: list[str] = []

    def ask(engine: Engine) -> None:
        with requests.Session() as session:
            for _ in range(50):
                answer = session.get(f"{engine.url}/api/symbols", timeout=20)
                names.append(answer.headers["X-Request-ID"])
        engine.process.send_signal(sent)
        engine.process.wait(20)

    lines, _ = run(stand_in, tmp_path, ask, WORKER_CLASS=kind)
    assert [line["request_id"] for line in of(lines, "engine.requests")] == names


def test_what_is_written_survives_a_kill(stand_in: StandIn, tmp_path: Path) -> None:
    """A line is written without any other event, so that a server that is killed later does not lose it."""
    with (tmp_path / "log").open("wb") as log:
        engine = Engine({**stand_in.base_urls(), "CACHE_WARMING_ENABLED": "false"}, log=log)
        with engine:
            name = requests.get(f"{engine.url}/api/symbols", timeout=20).headers["X-Request-ID"]
            eventually(lambda: f"[{name}]: GET /api/symbols 200" in (tmp_path / "log").read_text())
            os.killpg(engine.process.pid, signal.SIGKILL)
            engine.process.wait(20)
    assert (tmp_path / "log").read_text().count(name) == 1
