"""The stand-in is a real server, and each fault over a real socket does what its name says."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import requests

from providers import discover
from tests.upstreams import Fault, StandIn
from tests.upstreams.dialects import DIALECTS

KLINES = "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=50"
QUOTE = "/api/v3/ticker/24hr?symbol=BTCUSDT"


@pytest.fixture(scope="module")
def running() -> Iterator[StandIn]:
    """Yield one stand-in for all tests."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(running: StandIn) -> Iterator[StandIn]:
    """Yield the stand-in, and remove its faults and calls afterwards."""
    yield running
    running.heal()
    running.calls.forget()


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Yield a session whose connections stay open."""
    with requests.Session() as session:
        yield session


def rows(stand_in: StandIn, session: requests.Session) -> list[list[Any]]:
    """Return fifty candles of Binance."""
    found: list[list[Any]] = session.get(stand_in.url("binance") + KLINES, timeout=5).json()
    return found


def test_connections_are_kept_open(stand_in: StandIn, session: requests.Session) -> None:
    """Several calls of one session use one connection."""
    before = set(threading.enumerate())
    for _ in range(3):
        response = session.get(stand_in.url("binance") + "/api/v3/ping", timeout=5)

    assert response.raw.version == 11
    assert response.json() == {}
    assert len(set(threading.enumerate()) - before) == 1


def test_calls_are_recorded(stand_in: StandIn, session: requests.Session) -> None:
    """Each call is recorded with its provider, path, query and status until it is deleted."""
    session.get(stand_in.url("binance") + QUOTE, timeout=5)
    session.get(stand_in.url("binance") + "/nowhere", timeout=5)
    session.get(stand_in.url("kraken") + "/0/public/Time", timeout=5)

    assert [call.status for call in stand_in.calls] == [200, 404, 200]
    assert stand_in.calls[0].path == "/api/v3/ticker/24hr"
    assert stand_in.calls[0].query == "symbol=BTCUSDT"
    assert stand_in.calls.count() == 3
    assert stand_in.calls.count("binance") == 2
    assert stand_in.calls.count("binance", "ticker") == 1
    stand_in.calls.forget()
    assert stand_in.calls.count() == 0


def test_every_provider_has_a_base_url(stand_in: StandIn) -> None:
    """The environment has one address per provider, all on the stand-in's port."""
    urls = stand_in.base_urls()

    assert set(urls) == {f"{name.upper()}_BASE_URL" for name in DIALECTS}
    assert urls["BINANCE_BASE_URL"] == f"{stand_in.address}/binance"


def test_status(stand_in: StandIn, session: requests.Session) -> None:
    """A status fault answers with its status, headers and body."""
    stand_in.fault("binance", Fault("status", status=429, headers={"Retry-After": "7"}, body={"code": -1003}))
    response = session.get(stand_in.url("binance") + QUOTE, timeout=5)

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "7"
    assert response.json() == {"code": -1003}
    assert stand_in.calls[0].status == 429


def test_times_and_path_and_provider_limit_a_fault(stand_in: StandIn, session: requests.Session) -> None:
    """A fault affects only its provider, its paths, and its number of calls."""
    stand_in.fault("binance", Fault("status", times=1, path="klines"))
    codes = [
        session.get(stand_in.url(provider) + path, timeout=5).status_code
        for provider, path in [
            ("kraken", "/0/public/Time"),
            ("binance", QUOTE),
            ("binance", KLINES),
            ("binance", KLINES),
        ]
    ]

    assert codes == [200, 200, 503, 200]


def test_heal(stand_in: StandIn, session: requests.Session) -> None:
    """The other providers keep their faults when one is healed."""
    stand_in.fault("binance", Fault("status"))
    stand_in.fault("kraken", Fault("status"))
    stand_in.heal("binance")

    assert session.get(stand_in.url("binance") + QUOTE, timeout=5).ok
    assert not session.get(stand_in.url("kraken") + "/0/public/Time", timeout=5).ok


def test_delay(stand_in: StandIn, session: requests.Session) -> None:
    """A delayed answer is late and complete."""
    stand_in.fault("binance", Fault("delay", seconds=0.2))
    started = time.monotonic()

    assert session.get(stand_in.url("binance") + QUOTE, timeout=5).ok
    assert time.monotonic() - started >= 0.2


def test_hang(stand_in: StandIn, session: requests.Session) -> None:
    """A provider that hangs sends nothing."""
    stand_in.fault("binance", Fault("hang"))
    with pytest.raises(requests.ReadTimeout):
        session.get(stand_in.url("binance") + QUOTE, timeout=0.3)

    assert stand_in.calls[0].status == 0


@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_stopping_ends_hanging_calls(kind: str) -> None:
    """The stand-in stops quickly and leaves no thread, even while clients wait."""
    before = set(threading.enumerate())
    stand_in = StandIn().start()
    stand_in.fault("binance", Fault(kind, seconds=5))

    def wait() -> None:
        with pytest.raises(requests.RequestException):
            requests.get(stand_in.url("binance") + QUOTE, timeout=10)

    clients = [threading.Thread(target=wait) for _ in range(5)]
    for client in clients:
        client.start()
    time.sleep(0.3)
    started = time.monotonic()
    stand_in.stop()
    stopped = time.monotonic() - started
    for client in clients:
        client.join()

    assert stopped < 1
    assert set(threading.enumerate()) <= before


def test_reset(stand_in: StandIn, session: requests.Session) -> None:
    """A reset connection is a connection error, and not an empty answer."""
    stand_in.fault("binance", Fault("reset"))
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        session.get(stand_in.url("binance") + QUOTE, timeout=5)


def test_html(stand_in: StandIn, session: requests.Session) -> None:
    """An HTML page has status 200."""
    stand_in.fault("binance", Fault("html"))
    response = session.get(stand_in.url("binance") + QUOTE, timeout=5)

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.text.startswith("<!DOCTYPE html>")


def test_cut(stand_in: StandIn, session: requests.Session) -> None:
    """A cut answer ends before its announced length."""
    stand_in.fault("binance", Fault("cut"))
    with pytest.raises(requests.RequestException):
        session.get(stand_in.url("binance") + KLINES, timeout=5)


def test_cut_json(stand_in: StandIn, session: requests.Session) -> None:
    """Cut JSON is complete as HTTP and invalid as JSON."""
    stand_in.fault("binance", Fault("cut_json"))
    response = session.get(stand_in.url("binance") + KLINES, timeout=5)

    assert response.ok
    with pytest.raises(requests.JSONDecodeError):
        response.json()


def test_drip(stand_in: StandIn, session: requests.Session) -> None:
    """A dripping answer is valid and arrives byte by byte."""
    stand_in.fault("binance", Fault("drip", seconds=0.01))
    started = time.monotonic()
    response = session.get(stand_in.url("binance") + "/api/v3/time", timeout=5)

    assert set(response.json()) == {"serverTime"}
    assert time.monotonic() - started > 0.2


def test_huge(stand_in: StandIn, session: requests.Session) -> None:
    """A huge answer has the given number of bytes, without an announced length."""
    stand_in.fault("binance", Fault("huge", size=3_000_000))
    response = session.get(stand_in.url("binance") + KLINES, timeout=5)

    assert len(response.content) == 3_000_000
    assert "Content-Length" not in response.headers


def test_empty(stand_in: StandIn, session: requests.Session) -> None:
    """An empty provider sends its usual envelope without data."""
    for provider in ("binance", "bybit", "coingecko"):
        stand_in.fault(provider, Fault("empty"))
    bybit = session.get(stand_in.url("bybit") + "/v5/market/tickers?category=spot", timeout=5).json()
    gecko = session.get(stand_in.url("coingecko") + "/api/v3/coins/markets?vs_currency=usd", timeout=5)

    assert rows(stand_in, session) == []
    assert session.get(stand_in.url("binance") + QUOTE, timeout=5).json() == {}
    assert bybit["result"]["list"] == []
    assert gecko.json() == []


def test_old(stand_in: StandIn, session: requests.Session) -> None:
    """Old data is valid for its day."""
    stand_in.fault("binance", Fault("old", days=2))
    newest = rows(stand_in, session)[-1]

    assert newest[0] == pytest.approx((time.time() - 2 * 86_400) * 1000, abs=61_000)
    assert float(newest[4]) == pytest.approx(stand_in.market.price("BTC", newest[0] + 30_000), rel=0.02)


def test_price(stand_in: StandIn, session: requests.Session) -> None:
    """A price fault multiplies prices of candles and quotes, of its coins only."""
    stand_in.fault("binance", Fault("price", factor=3.0, coins=("BTC",)))
    quotes = session.get(
        stand_in.url("binance") + '/api/v3/ticker/price?symbols=["BTCUSDT","ETHUSDT"]', timeout=5
    ).json()
    prices = [stand_in.market.price("BTC") * 3, stand_in.market.price("ETH")]

    assert [float(quote["price"]) for quote in quotes] == pytest.approx(prices, rel=0.01)
    assert float(rows(stand_in, session)[-1][4]) == pytest.approx(prices[0], rel=0.01)


def test_nan(stand_in: StandIn, session: requests.Session) -> None:
    """Prices that are no numbers are the text NaN, or null where a number is expected."""
    stand_in.fault("binance", Fault("nan"))
    stand_in.fault("coinbase", Fault("nan"))
    numbers = session.get(stand_in.url("coinbase") + "/products/BTC-USD/candles?granularity=60", timeout=5)

    assert rows(stand_in, session)[0][1:5] == ["NaN"] * 4
    assert session.get(stand_in.url("binance") + QUOTE, timeout=5).json()["lastPrice"] == "NaN"
    assert numbers.json()[0][1:5] == [None] * 4


def test_impossible_rows(stand_in: StandIn, session: requests.Session) -> None:
    """An impossible row has a negative volume, or a high below its low."""
    stand_in.fault("binance", Fault("negative_volume", times=1))
    volumes = [float(row[5]) for row in rows(stand_in, session)]
    stand_in.fault("binance", Fault("high_below_low", times=1))
    ranges = [float(row[2]) - float(row[3]) for row in rows(stand_in, session)]

    assert sum(volume < 0 for volume in volumes) == 1
    assert sum(each < 0 for each in ranges) == 1


def test_impossible_orders(stand_in: StandIn, session: requests.Session) -> None:
    """Rows are unsorted, duplicated, or missing in the middle."""
    stand_in.fault("binance", Fault("unsorted", times=1))
    unsorted = [row[0] for row in rows(stand_in, session)]
    stand_in.fault("binance", Fault("doubled", times=1))
    doubled = [row[0] for row in rows(stand_in, session)]
    stand_in.fault("binance", Fault("gap", count=5, times=1))
    gap = [row[0] for row in rows(stand_in, session)]

    assert unsorted != sorted(unsorted)
    assert len(doubled) == 51
    assert len(set(doubled)) == 50
    assert len(gap) == 45
    assert max(later - earlier for earlier, later in pairwise(gap)) == 6 * 60_000


def test_control_pages(stand_in: StandIn, session: requests.Session) -> None:
    """Another process adds and removes faults and lists calls over HTTP."""
    control = f"{stand_in.address}/_control"
    fault = {"provider": "binance", "kind": "status", "status": 418, "times": 5}

    assert session.post(f"{control}/fault", json=fault, timeout=5).ok
    assert session.get(stand_in.url("binance") + QUOTE, timeout=5).status_code == 418
    assert session.post(f"{control}/heal", timeout=5).ok
    assert session.get(stand_in.url("binance") + QUOTE, timeout=5).ok
    log = session.get(f"{control}/calls", params={"provider": "binance"}, timeout=5).json()
    assert [call["status"] for call in log["calls"]] == [418, 200]
    assert session.post(f"{control}/forget", timeout=5).ok
    assert session.get(f"{control}/calls", timeout=5).json() == {"count": 0, "calls": []}
    for wrong in ({"provider": "x", "kind": "hang"}, {"provider": "okx", "kind": "?"}):
        assert session.post(f"{control}/fault", json=wrong, timeout=5).status_code == 400


def test_a_fixed_delay_comes_before_every_answer(session: requests.Session) -> None:
    """A stand-in with a delay waits that long before every answer."""
    with StandIn(delay=0.05) as stand_in:
        started = time.monotonic()
        session.get(stand_in.url("kraken") + "/0/public/Time", timeout=5)

        assert time.monotonic() - started >= 0.05


def test_runs_in_the_foreground() -> None:
    """`python -m tests.upstreams` prints its address and stops on SIGTERM."""
    command = [sys.executable, "-m", "tests.upstreams", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]

        assert requests.get(f"{address}/binance/api/v3/ping", timeout=5).json() == {}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0


def test_every_provider_has_its_stand_in() -> None:
    """Every provider has a stand-in, so that demonstrations and end-to-end tests call no real one."""
    assert set(DIALECTS) == {provider.name for provider in discover()}
