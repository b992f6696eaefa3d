"""What a client of the real server gets."""

import itertools
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import requests

from providers import ASSETS, INTERVALS
from schemas import (
    ErrorAnswer,
    HealthAnswer,
    OhlcvAnswer,
    OverviewAnswer,
    PricesAnswer,
    SentimentAnswer,
)
from tests import everybody
from tests.end_to_end.conftest import settings_of
from tests.engine.web.api.answers import Json, held
from tests.running import AMPLE, ROOT, Engine
from tests.upstreams import Fault, StandIn
from tests.waiting import at_leisure, eventually, timed

COINS = itertools.cycle(asset.symbol for asset in ASSETS)
"""Each test requests a coin that no other test requests, so that it is not cached."""


@pytest.fixture(scope="module", params=["gevent", "gthread"])
def engine(request: pytest.FixtureRequest, stand_in: StandIn) -> Iterator[Engine]:
    """Yield a server as `make run` starts it, under each kind of worker."""
    with Engine(settings_of(stand_in, request.param), command=("make", "run")) as engine:
        yield engine


def get(engine: Engine, path: str, status: int = 200) -> Json:
    """Return the JSON at a path."""
    response = requests.get(engine.url + path, timeout=20)
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/json"
    return response.json()


def test_candles_of_every_interval(engine: Engine, stand_in: StandIn) -> None:
    """The closed candles of every interval are the market's."""
    coin = next(COINS)
    code = {"MATIC": "POL"}.get(coin, coin)
    for name, interval in INTERVALS.items():
        answer = held(OhlcvAnswer, get(engine, f"/api/ohlcv?symbol={coin}&interval={name}&closedOnly=true"))
        first, last = answer["data"][0]["timestamp"], answer["data"][-1]["timestamp"]
        market = stand_in.market.candles(code, name, first, last)

        assert answer["count"] == 100
        assert interval.count(first, last) == 100
        assert [(row["timestamp"], row["close"]) for row in answer["data"]] == [
            (candle.open_ms, candle.close) for candle in market
        ]


def test_prices_of_every_coin(engine: Engine, stand_in: StandIn) -> None:
    """Prices of every coin cost one call to each provider."""
    answer = held(PricesAnswer, get(engine, "/api/prices"))

    assert len(answer["data"]) == len(ASSETS)
    assert stand_in.calls.count("binance") == stand_in.calls.count("gate") == 1


@pytest.mark.parametrize("kind", ["gevent", "gthread"])
def test_sentiment_over_the_wire(stand_in: StandIn, kind: str) -> None:
    """While one provider hangs, sentiment and the overview take less than three seconds."""
    settings = {**stand_in.base_urls(), **AMPLE, "SENTIMENT_DEADLINE_SECONDS": "2.5", "WORKER_CLASS": kind}
    stand_in.fault("rss", Fault("hang", path="decrypt"))

    def first_asked() -> tuple[float, Json, Json]:
        with Engine(settings) as engine:
            seconds, answer = timed(partial(get, engine, "/api/sentiment"))
            return seconds, answer, get(engine, "/api/market/overview")

    seconds, answer, overview = at_leisure(
        first_asked, lambda it: it[0] < 3 and it[1]["meta"]["failed"] == {"rss:decrypt.co": "Timeout"}
    )
    assert seconds < 3
    assert None not in held(SentimentAnswer, answer)["data"].values()
    assert answer["meta"]["failed"] == {"rss:decrypt.co": "Timeout"}
    assert held(OverviewAnswer, overview)["data"]["trending"]


def test_fallback_over_the_wire(engine: Engine, stand_in: StandIn) -> None:
    """If Binance fails, Kraken's candles are served."""
    stand_in.fault("binance", Fault("reset"))
    answer = get(engine, f"/api/ohlcv?symbol={next(COINS)}")

    assert answer["source"] == "kraken"
    assert answer["meta"]["attempts"][0]["outcome"] == "Connection failed"


def test_many_at_once_cost_one_call(engine: Engine, stand_in: StandIn) -> None:
    """Fifty concurrent requests for the same data cause one call."""
    path = f"/api/ohlcv?symbol={next(COINS)}&interval=4h"
    with ThreadPoolExecutor(50) as pool:
        answers = [*pool.map(lambda _: get(engine, path)["count"], range(50))]

    assert answers == [100] * 50
    assert stand_in.calls.count() == 1


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nothing", 404, "NOT_FOUND"),
        ("/api/ohlcv?symbol=" + "A" * 8_000, 400, "INVALID_SYMBOL"),
        ("/api/ohlcv?symbol=" + "A" * 10_000, 414, "URI_TOO_LONG"),
        ("/api/ohlcv?symbol=BTC%00", 400, "INVALID_SYMBOL"),
        ("/api/ohlcv?symbol=BTC&limit=1001", 400, "INVALID_PARAMETER"),
        ("/api/prices?symbols=%FF", 400, "INVALID_SYMBOL"),
    ],
)
def test_failures_over_the_wire(engine: Engine, path: str, status: int, code: str) -> None:
    """Every failure has the common format."""
    assert held(ErrorAnswer, get(engine, path, status))["error"]["code"] == code


def test_raw_bytes_in_the_request_line(engine: Engine) -> None:
    """Bytes in the request line that are not percent-encoded are refused."""
    with socket.create_connection(("127.0.0.1", engine.port), timeout=10) as connection:
        connection.sendall(b"GET /api/ohlcv?symbol=\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = connection.makefile("rb").readline()

    assert answer.split()[1] == b"400"
    assert get(engine, "/api/health")["version"]


def test_health_over_the_wire(stand_in: StandIn) -> None:
    """A server with working providers is healthy, and its data is not marked as a demonstration."""
    with Engine({**stand_in.base_urls(), **AMPLE, "CACHE_WARMING_ENABLED": "false"}) as engine:
        assert get(engine, "/api/ohlcv?symbol=BTC")["success"]
        report = held(HealthAnswer, get(engine, "/api/health"))

    assert report["status"] == "healthy"
    assert "mode" not in report


def test_a_wrong_setting_stops_the_start() -> None:
    """An invalid setting stops the start with a message that names it, and nothing else."""
    process = subprocess.run(
        ["make", "run"],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHON_DOTENV_DISABLED": "true",
            "PORT": "eight",
            "CACHE_TTL_PRICES": "0",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert process.returncode != 0
    assert re.search("PORT: .*\n.*CACHE_TTL_PRICES: ", process.stderr)
    assert "Traceback" not in process.stderr


def test_it_stops_on_sigterm(stand_in: StandIn) -> None:
    """SIGTERM stops the server in time."""
    with Engine(stand_in.base_urls()) as engine:
        engine.process.send_signal(signal.SIGTERM)

        assert engine.process.wait(timeout=15) == 0


@pytest.mark.parametrize("worker", ["gevent", "gthread"])
def test_ctrl_c_ends_it_quietly(worker: str, tmp_path: Path) -> None:
    """Ctrl+C, which reaches each process, ends the server without a traceback, also amid a refresh."""
    with StandIn() as stand_in, (tmp_path / "log").open("wb") as log:
        for provider in everybody.QUOTES:
            stand_in.fault(provider, Fault("hang"))
        own = {"WORKER_CLASS": worker, "DATA_DIR": str(tmp_path), "UPSTREAM_TOTAL_SECONDS": "2"}
        with Engine({**stand_in.base_urls(), **own}, log=log, fresh=True) as engine:
            eventually(lambda: stand_in.calls.count("binance"))
            os.killpg(engine.process.pid, signal.SIGINT)

            assert engine.process.wait(timeout=15) == 0

    assert "Traceback" not in (tmp_path / "log").read_text()


def test_the_demonstration(tmp_path: Path) -> None:
    """`make demo` needs no provider, marks its data, and keeps none of it where real data is."""
    with Engine({"DATA_DIR": str(tmp_path)}, command=("make", "demo")) as engine:
        assert get(engine, "/api/health")["mode"] == "demo"
        assert get(engine, "/api/ohlcv?symbol=BTC")["source"] == "demo:binance"
        assert get(engine, "/api/prices")["source"] == "demo:multi-provider"
    assert not list(tmp_path.iterdir())
