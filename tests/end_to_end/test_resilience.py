"""Providers that hang, refuse, lie, drip or vanish affect clients as little as possible."""

import itertools
import math
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from urllib3 import HTTPConnectionPool
from werkzeug.test import EnvironBuilder, run_wsgi_app

from engine import create_app
from engine.config import ProviderSettings
from engine.web.services import services_of
from providers import ASSETS, INTERVALS, CandleSource, QuoteSource, discover
from tests.clock import Clock
from tests.end_to_end import wire
from tests.engine.web.conftest import AMPLE
from tests.running import Engine
from tests.upstreams import Fault, StandIn
from tests.waiting import at_leisure, eventually, timed

BINANCE_IS_BLOCKED = Fault(
    "status",
    status=451,
    body={"code": 0, "msg": "Service unavailable from a restricted location according to 'b. Eligibility'"},
)
BYBIT_IS_BLOCKED = Fault(
    "status",
    status=403,
    body="<html>The Amazon CloudFront distribution is configured to block access from your country.</html>",
)
SERIES = [
    f"/api/ohlcv?symbol={asset.symbol}&interval={interval}"
    for interval in ("1h", "4h", "1d", "15m", "5m")
    for asset in ASSETS
]
PROVIDERS = [provider.name for provider in discover()]
QUIET = {"RATE_LIMIT_ENABLED": "false", "CACHE_WARMING_ENABLED": "false", "LOG_LEVEL": "ERROR"}
HEALTH = b"HEAD /api/health HTTP/1.1\r\nHost: x\r\n\r\n"
MEGABYTES_OF_GROWTH = 50


@pytest.fixture(params=["gevent", "gthread"])
def engine(request: pytest.FixtureRequest, stand_in: StandIn) -> Iterator[Engine]:
    """Yield a new server for one test, under each kind of worker."""
    with Engine({**stand_in.base_urls(), **QUIET, "WORKER_CLASS": request.param}) as engine:
        yield engine
        recover(stand_in)


def recover(stand_in: StandIn) -> None:
    """End calls that hang, for which a server would wait until its own end."""
    stand_in.heal()
    stand_in.hang_up()


class Client:
    """One keep-alive connection, with the time of each answer."""

    def __init__(self, engine: Engine) -> None:
        self.seconds: list[float] = []
        self._engine = engine
        self._session = requests.Session()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def ask(self, path: str, status: int = 200) -> Any:
        """Return the JSON of an answer."""
        start = time.monotonic()
        response = self._session.get(self._engine.url + path, timeout=20)
        self.seconds.append(time.monotonic() - start)
        assert response.status_code == status, response.text
        return response.json()


def status(engine: Engine, path: str) -> int:
    """Return the status of an answer."""
    return wire.get(engine, path, seconds=30).status


@pytest.fixture
def client(engine: Engine) -> Iterator[Client]:
    """Yield a client of that server."""
    with Client(engine) as client:
        client.ask("/api/health")
        client.seconds.clear()
        yield client


def worker(engine: Engine) -> int:
    """Return the process of the worker."""
    pid = engine.process.pid
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


def megabytes(pid: int, field: str = "VmRSS") -> float:
    """Return a process's memory in use, or (`VmHWM`) the most that it ever used."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


@pytest.mark.timed
class TestHanging:
    """Tests of providers that accept calls and send nothing."""

    def test_the_first_candle_provider_hangs(self, client: Client, stand_in: StandIn) -> None:
        """Requests wait a second for a provider that hangs, and after five time-outs no longer."""
        for path in SERIES[:3]:
            client.ask(path)
        stand_in.fault("binance", Fault("hang"))
        client.seconds.clear()
        for path in SERIES[3:8]:
            assert client.ask(path)["source"] != "binance"
        # The promise: a second and the second provider's time, of which a healthy one here needs little.
        assert max(client.seconds) < 1.5

        client.seconds.clear()
        asked = stand_in.calls.count("binance")
        for path in SERIES[8:40]:
            assert client.ask(path)["source"] != "binance"
        assert stand_in.calls.count("binance") <= asked + 1  # one trial at most
        assert median(client.seconds) < 0.3  # it would be 0.3 s at the least if it were waited for

    def test_it_is_waited_for_by_those_who_came_at_once_only(
        self, engine: Engine, client: Client, stand_in: StandIn
    ) -> None:
        """Forty concurrent requests for different data wait for a provider that hangs once each."""
        client.ask(SERIES[0])
        stand_in.fault("binance", Fault("hang"))
        start = time.monotonic()
        with ThreadPoolExecutor(40) as pool:
            seen = [*pool.map(partial(status, engine), SERIES[1:41])]
        assert seen == [200] * 40
        # One second of patience, and forty answers from a stand-in in the test's own process.
        assert time.monotonic() - start < 4

        client.seconds.clear()
        for path in SERIES[41:48]:
            client.ask(path)
        assert median(client.seconds) < 0.3

    def test_health_does_not_wait_for_providers(self, stand_in: StandIn) -> None:
        """Health answers at once while all providers hang and many requests wait, each in a thread."""
        for name in PROVIDERS:
            stand_in.fault(name, Fault("hang"))
        brief = {"CANDLES_DEADLINE_SECONDS": "4", "PRICES_DEADLINE_SECONDS": "4"}
        settings = {**stand_in.base_urls(), **QUIET, **brief, "WORKER_CLASS": "gthread"}
        with Engine(settings) as engine, Client(engine) as client, ThreadPoolExecutor(30) as pool:
            waiting = [
                pool.submit(requests.get, engine.url + path, timeout=30)
                for path in ["/api/prices", *SERIES[:29]]
            ]
            eventually(lambda: len(stand_in.calls) > 10)
            for _ in range(30):
                client.ask("/api/health")
            assert not all(each.done() for each in waiting)
            assert {each.result().status_code for each in waiting} == {503}
            recover(stand_in)
        assert median(client.seconds) < 0.1
        assert max(client.seconds) < 0.5


class TestRegions:
    """Tests of providers that refuse this host's region."""

    @pytest.mark.timed
    def test_requests_do_not_wait_for_blocked_providers(
        self, engine: Engine, client: Client, stand_in: StandIn
    ) -> None:
        """All of two thousand requests succeed, and blocked providers get no calls after the first ones."""
        stand_in.fault("binance", BINANCE_IS_BLOCKED)
        stand_in.fault("bybit", BYBIT_IS_BLOCKED)
        paths = [*itertools.islice(itertools.cycle([*SERIES, "/api/prices"]), 2000)]
        kept = HTTPConnectionPool("127.0.0.1", engine.port, maxsize=16, retries=False)
        with kept, ThreadPoolExecutor(16) as pool:
            seen = Counter(pool.map(lambda path: kept.request("GET", path).status, paths))
        assert seen == {200: 2000}
        assert stand_in.calls.count("binance") <= 8
        assert stand_in.calls.count("bybit") <= 8

        stand_in.calls.forget()
        client.seconds.clear()
        for path in SERIES[:50]:
            names = {attempt["provider"] for attempt in client.ask(f"{path}&limit=150")["meta"]["attempts"]}
            assert not names & {"binance", "bybit"}
        assert stand_in.calls.count("binance") == stand_in.calls.count("bybit") == 0
        assert median(client.seconds) < 0.1
        states = {row["name"]: row["status"] for row in client.ask("/api/health")["providers"]}
        assert states["binance"] == states["bybit"] == "blocked"

    def test_four_trials_an_hour_at_most(self) -> None:
        """With requests every two minutes, a blocked provider gets at most four trials per hour."""
        three = ("binance", "bybit", "kraken")
        with Simulation(providers_quotes=three, providers_candles=three) as (app, stand_in, clock):
            stand_in.fault("binance", BINANCE_IS_BLOCKED)
            stand_in.fault("bybit", BYBIT_IS_BLOCKED)
            ask(app, SERIES[0])
            ask(app, "/api/prices")
            for _ in range(4):
                stand_in.calls.forget()
                for minute in range(0, 60, 2):
                    clock.advance(120)
                    answer = ask(app, SERIES[minute + 1])
                    ask(app, "/api/prices?symbols=BTC")
                    assert answer["source"] == "kraken"
                    names = {each["provider"] for each in answer["meta"]["attempts"]}
                    assert not names & {"binance", "bybit"}
                assert stand_in.calls.count("binance") <= 4
                assert stand_in.calls.count("bybit") <= 4

            stand_in.heal()
            clock.advance(3601)
            ask(app, SERIES[70])
            eventually(lambda: _states(app)["binance"] == "online")


class TestNoProviderLeft:
    """Tests while every provider fails."""

    @pytest.mark.timed
    def test_what_is_warm_is_given_at_once(self) -> None:
        """Cached data is served as stale within 50 ms, with its growing age."""
        with Simulation() as (app, stand_in, clock):
            paths = ["/api/prices", "/api/prices?symbols=BTC,ETH", *SERIES[:20]]
            before = {path: ask(app, path) for path in paths}
            for name in PROVIDERS:
                stand_in.fault(name, Fault("reset"))
            ages = dict.fromkeys(paths, 0.0)
            seconds = []

            def check(path: str, answer: Any, passed: float) -> None:
                assert answer["meta"]["stale"] is True
                assert answer["data"] == before[path]["data"]
                assert answer["meta"]["ageSeconds"] >= ages[path] + passed
                ages[path] = answer["meta"]["ageSeconds"]

            for hours in (1, 2, 5, 10):
                clock.advance(hours * 3600)
                with ThreadPoolExecutor(len(paths)) as pool:  # the first requests wait for the failures
                    answers = [*pool.map(lambda path: ask(app.application.test_client(), path), paths)]
                for path, answer in zip(paths, answers, strict=True):
                    check(path, answer, hours * 3600)
                for path in paths * 2:
                    took, answer = timed(partial(ask, app, path))
                    seconds.append(took)
                    check(path, answer, 0)
        assert median(seconds) < 0.05
        assert max(seconds) < 1.0  # a machine that is busy elsewhere for a moment

    @pytest.mark.timed
    @pytest.mark.parametrize("fault", [Fault("reset"), Fault("hang")], ids=lambda fault: fault.kind)
    def test_the_first_to_ask_for_what_has_grown_old_waits_a_moment_only(
        self, stand_in: StandIn, fault: Fault
    ) -> None:
        """Only the first request for data older than two lifetimes waits for the providers' failures."""
        short = {"CACHE_TTL_OHLCV": "0.5", "CACHE_TTL_PRICES": "0.5"}
        with (
            Engine({**stand_in.base_urls(), **QUIET, **short}) as engine,
            Client(engine) as client,
        ):
            paths = ["/api/prices", *SERIES[:3]]
            for path in paths:
                client.ask(path)
            for name in PROVIDERS:
                stand_in.fault(name, fault)
            warm = time.monotonic()
            eventually(lambda: time.monotonic() - warm > 1.5)
            client.seconds.clear()
            with ThreadPoolExecutor(len(paths)) as pool:
                answers = [*pool.map(client.ask, paths)]
            for answer in (*answers, *map(client.ask, paths * 4)):
                assert answer["meta"]["stale"] is True
                assert answer["meta"]["ageSeconds"] > 1
            recover(stand_in)
        assert max(client.seconds[: len(paths)]) < 2.5
        assert median(client.seconds[len(paths) :]) < 0.05  # the promise
        assert max(client.seconds[len(paths) :]) < 1.0  # a machine that is busy elsewhere for a moment

    @pytest.mark.parametrize("fault", [Fault("reset"), Fault("status", status=500), Fault("hang")])
    def test_nothing_is_cached(self, engine: Engine, client: Client, stand_in: StandIn, fault: Fault) -> None:
        """Without cached data, every request is 503 with all reasons and the time to wait, in time."""
        for name in PROVIDERS:
            stand_in.fault(name, fault)
        paths = [*SERIES[:3] * 3, *["/api/prices"] * 3]

        def all_at_once() -> tuple[float, list[requests.Response]]:
            with ThreadPoolExecutor(len(paths)) as pool:
                return timed(
                    lambda: [*pool.map(lambda path: requests.get(engine.url + path, timeout=60), paths)]
                )

        # Who joins another's request may give up a moment before it ends where the machine is busy.
        seconds, answers = at_leisure(
            all_at_once, lambda it: not any('"engine"' in each.text for each in it[1])
        )
        assert seconds < 11  # the promise is the deadline of candles, 10 s

        able = {kind.name for kind in discover() if issubclass(kind, CandleSource) and not kind.needs_key}
        priced = {kind.name for kind in discover() if issubclass(kind, QuoteSource) and not kind.needs_key}
        for path, answer in zip(paths, answers, strict=True):
            assert answer.status_code == 503, answer.text
            error = answer.json()["error"]
            assert error["code"] == "PROVIDER_ERROR"
            assert set(error["details"]) == (priced if "prices" in path else able), answer.text
            assert all(error["details"].values())
            assert 1 <= int(answer.headers["Retry-After"]) == error["retryAfter"] <= 86_400


@pytest.fixture(scope="module")
def honest() -> dict[str, Any]:
    """Return the prices of honest providers, which are the same at the beginning of each simulation."""
    with Simulation() as (app, _, _):
        return {row["symbol"]: row for row in ask(app, "/api/prices")["data"]}


class TestLies:
    """Tests of a provider that sends false data."""

    @pytest.mark.parametrize("liar", ["binance", "kraken", "coingecko"])
    @pytest.mark.parametrize(
        "lie",
        [
            Fault("price", factor=1.5),
            Fault("price", factor=1e5),
            Fault("price", factor=1e-5),
            Fault("nan"),
            Fault("old", days=2),
            Fault("negative_volume"),
        ],
        ids=lambda lie: f"{lie.kind}{lie.factor if lie.kind == 'price' else ''}",
    )
    def test_prices_do_not_move(self, honest: dict[str, Any], liar: str, lie: Fault) -> None:
        """The price stays in the range of the honest providers, and the false one is an outlier or failed."""
        with Simulation() as (app, stand_in, _):
            stand_in.fault(liar, lie)
            answer = ask(app, "/api/prices")
        assert len(answer["data"]) == len(honest)
        for row in answer["data"]:
            others = [
                source["price"] for source in honest[row["symbol"]]["sources"] if source["provider"] != liar
            ]
            mine = [source for source in row["sources"] if source["provider"] == liar]
            if liar not in {source["provider"] for source in honest[row["symbol"]]["sources"]}:
                continue
            if len(others) < 2:
                continue
            assert min(others) * (1 - 1e-9) <= row["price"] <= max(others) * (1 + 1e-9)
            assert row["volume24h"] is None or row["volume24h"] > 0
            if _shows(lie, liar):
                assert answer["meta"]["providers"].get(liar) or all(each["outlier"] for each in mine)

    @pytest.mark.parametrize(
        "lie",
        [Fault("nan"), Fault("old", days=30), Fault("negative_volume"), Fault("high_below_low")],
        ids=lambda lie: lie.kind,
    )
    @pytest.mark.parametrize("liars", [("binance",), ("binance", "kraken", "bybit")], ids=len)
    def test_candles_come_from_another_provider(self, lie: Fault, liars: tuple[str, ...]) -> None:
        """Candles come from another provider, and the attempts name the faulty ones with the reason."""
        with Simulation() as (app, stand_in, _):
            for liar in liars:
                stand_in.fault(liar, lie)
            answer = ask(app, "/api/ohlcv?symbol=BTC&interval=1h&closedOnly=true")
            rows = answer["data"]
            true = stand_in.market.candles("BTC", "1h", rows[0]["timestamp"], rows[-1]["timestamp"])
        outcomes = {each["provider"]: each["outcome"] for each in answer["meta"]["attempts"]}
        # Kraken always sends 720 candles: what is wrong with one that no client requested shows in no answer.
        assert outcomes["binance"] == "Bad data"
        assert {outcomes.get(liar, "Bad data") for liar in {*liars} - {answer["source"]}} == {"Bad data"}
        assert [row["close"] for row in rows] == [candle.close for candle in true]

    def test_several_liars_leave_only_numbers(self) -> None:
        """No answer has a NaN or an infinite number, whichever provider sent one."""
        with Simulation() as (app, stand_in, _):
            stand_in.fault("coingecko", Fault("price", factor=1e7))
            stand_in.fault("coinpaprika", Fault("nan"))
            answer = ask(app, "/api/prices")
        for row in answer["data"]:
            for name in ("price", "priceUsd", "volume24h", "marketCap", "change24h"):
                assert row[name] is None or math.isfinite(row[name])


def _shows(lie: Fault, liar: str) -> bool:
    """Return whether a fault is visible in a quote: a bad volume is omitted, and Kraken has no time."""
    return lie.kind != "negative_volume" and (lie.kind, liar) != ("old", "kraken")


class TestBodies:
    """Tests of answers that never end, or arrive byte by byte."""

    @pytest.mark.parametrize(
        "fault", [Fault("drip", seconds=1.0), Fault("huge", size=1_000_000_000)], ids=lambda fault: fault.kind
    )
    def test_they_are_cut(self, engine: Engine, client: Client, stand_in: StandIn, fault: Fault) -> None:
        """Endless answers are cut off: other providers serve in time, and the memory stays the same."""
        for path in [*SERIES[:10], "/api/prices"]:
            client.ask(path)
        pid = worker(engine)
        before = megabytes(pid)
        for name in ("binance", "kraken", "coingecko"):
            stand_in.fault(name, fault)
        client.seconds.clear()
        with ThreadPoolExecutor(8) as pool:
            seen = Counter(
                pool.map(
                    partial(status, engine),
                    [*SERIES[10:26], "/api/prices?symbols=ARB"],
                )
            )
        assert seen == {200: 17}
        # Until the last of these calls has been cut, too: their whole time is 8 s.
        eventually(lambda: _outcome(client, "binance") in ("Timeout", "Bad data"))
        assert megabytes(pid, "VmHWM") - before < MEGABYTES_OF_GROWTH

    def test_a_rest_that_was_asked_for_is_kept(self) -> None:
        """`Retry-After` on 429, 418 and 503 is respected: no call comes before it ends, and one after it."""
        for code in (429, 418, 503):
            with Simulation() as (app, stand_in, clock):
                rest = {"Retry-After": "300"}
                stand_in.fault("binance", Fault("status", status=code, headers=rest, times=1))
                assert ask(app, SERIES[0])["source"] == "kraken"
                assert stand_in.calls.count("binance") == 1
                for path in SERIES[1:30]:
                    clock.advance(10)
                    assert ask(app, path)["source"] != "binance"
                assert stand_in.calls.count("binance") == 1

                clock.advance(11)
                ask(app, SERIES[31])
                eventually(lambda: _states(app)["binance"] == "online")
                assert ask(app, SERIES[32])["source"] == "binance"


def _outcome(client: Client, name: str) -> str | None:
    rows = {row["name"]: row["lastFailure"] for row in client.ask("/api/providers")}
    return str(rows[name]["reason"]) if rows[name] else None


class TestSignals:
    """Tests of a server that stops or reloads while clients wait."""

    def test_requests_in_progress_are_finished(self, engine: Engine, stand_in: StandIn) -> None:
        """On SIGTERM a running request gets its answer, and the server stops within ten seconds."""
        for name in PROVIDERS:
            stand_in.fault(name, Fault("delay", seconds=3))
        with ThreadPoolExecutor(5) as pool:
            waiting = [pool.submit(requests.get, engine.url + path, timeout=20) for path in SERIES[:5]]
            eventually(lambda: stand_in_is_asked(stand_in, engine))
            engine.process.send_signal(signal.SIGTERM)
            start = time.monotonic()
            answers = [each.result() for each in waiting]
            engine.process.wait(timeout=15)
        assert time.monotonic() - start < 11  # the promise is 10 s
        assert [answer.status_code for answer in answers] == [200] * 5
        assert [answer.json()["count"] for answer in answers] == [100] * 5

    @pytest.mark.parametrize(
        ("worker_class", "sent"),
        [("gevent", (b"", HEALTH, HEALTH + HEALTH[:9])), ("gthread", (b"", HEALTH))],
        ids=["gevent", "gthread"],
    )
    def test_silent_connections_do_not_delay_the_end(
        self, stand_in: StandIn, worker_class: str, sent: tuple[bytes, ...]
    ) -> None:
        """On SIGTERM, connections without a request or with half of one are closed at once."""
        settings = {"WORKER_CLASS": worker_class, "GUNICORN_CMD_ARGS": "--graceful-timeout=60"}
        with Engine({**stand_in.base_urls(), **QUIET, **settings}) as engine, ExitStack() as stack:
            address = "127.0.0.1", engine.port
            connections = [stack.enter_context(socket.create_connection(address, timeout=15)) for _ in sent]
            for connection, request in zip(connections, sent, strict=True):
                connection.sendall(request)
                assert not request or connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
            engine.process.send_signal(signal.SIGTERM)

            assert engine.process.wait(timeout=15) == 0
            assert [connection.recv(65_536) for connection in connections] == [b""] * len(sent)

    def test_a_reload_drops_no_request(self, engine: Engine) -> None:
        """A reload under load answers every request, and then a new worker serves."""
        old = worker(engine)
        stop = threading.Event()
        seen: Counter[object] = Counter()

        def load(path: str) -> None:
            while not stop.is_set():
                try:
                    seen[wire.get(engine, path).status] += 1
                except Exception as error:
                    seen[type(error).__name__] += 1

        threads = [threading.Thread(target=load, args=(path,)) for path in ["/api/prices", *SERIES[:5]]]
        for thread in threads:
            thread.start()
        try:
            for _ in range(2):
                eventually(lambda: seen[200] > 50)
                seen_before = seen[200]
                engine.process.send_signal(signal.SIGHUP)
                eventually(lambda before=old: alone(engine) not in (None, before))  # type: ignore[misc]
                old = worker(engine)
                eventually(lambda before=seen_before: seen[200] > before + 100)  # type: ignore[misc]
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)
        assert set(seen) == {200}


def alone(engine: Engine) -> int | None:
    """Return the process of the only worker, or `None` while there are two."""
    pid = engine.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if len(children) == 1 else None


def stand_in_is_asked(stand_in: StandIn, engine: Engine) -> bool:
    """Return whether the worker has a connection to the stand-in, which records a delayed call at its end."""
    port = int(stand_in.base_urls()["BINANCE_BASE_URL"].split(":")[2].split("/")[0])
    rows = Path(f"/proc/{worker(engine)}/net/tcp").read_text().splitlines()[1:]
    return sum(row.split()[2].endswith(f":{port:04X}") and row.split()[3] == "01" for row in rows) >= 5


class Simulation:
    """A context manager with the application and the stand-in in this process, on one clock of the test."""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings

    def __enter__(self) -> tuple[FlaskClient, StandIn, Clock]:
        clock = Clock()
        self._stand_in = StandIn(clock=clock).start()
        providers = {
            name.removesuffix("_BASE_URL").lower(): ProviderSettings(base_url=url)
            for name, url in self._stand_in.base_urls().items()
        }
        usual = {
            "rate_limit_enabled": False,
            "cache_warming_enabled": False,
            **AMPLE,
            "log_level": "ERROR",
            "providers": providers,
        }
        app = create_app(clock, **{**usual, **self._settings})
        return app.test_client(), self._stand_in, clock

    def __exit__(self, *_: object) -> None:
        self._stand_in.stop()


def ask(client: FlaskClient, path: str) -> Any:
    """Return the JSON of a successful answer."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json


def _states(client: FlaskClient) -> dict[str, str]:
    return {row["name"]: row["status"] for row in ask(client, "/api/health")["providers"]}


class TestBudgets:
    """Tests of many clients over a period of simulated time."""

    MINUTES = 10
    STEP = 5
    ASKED_IN_A_STEP = 5
    """By each client: once a second is what the quota of candles allows."""

    def test_ten_minutes_of_sixty_clients(self) -> None:
        """Ten minutes of sixty clients cost a twentieth of direct calls, within each provider's limit."""
        names = [asset.symbol for asset in ASSETS[:6]]
        series = [*itertools.product(names, INTERVALS)][:40]
        paths = [f"/api/ohlcv?symbol={symbol}&interval={interval}" for symbol, interval in series]
        direct = 0
        moments: list[tuple[float, str, int]] = []
        with Simulation() as (app, stand_in, clock):
            for step in range(self.MINUTES * 60 // self.STEP):
                for client, turn in itertools.product(range(60), range(self.ASKED_IN_A_STEP)):
                    path = paths[(client * 7 + step * 11 + turn) % len(paths)]
                    path = "/api/prices" if (client + turn) % 10 == 0 else path
                    assert bare_status(app, path) == 200
                    direct += 1
                _settle(app)
                for call in stand_in.calls:
                    moments.append((clock(), call.provider, _weight(call.provider, call.path)))
                stand_in.calls.forget()
                clock.advance(self.STEP)
        print(f"\n{direct} requests, {len(moments)} calls: {1 - len(moments) / direct:.1%} fewer")
        assert len(moments) <= direct * 0.05
        for kind in discover():
            # What was asked in one step of the clock is counted as if it had taken that long.
            period = max(kind.rate_limit.period, self.STEP)
            spent = Counter[int]()
            for moment, provider, weight in moments:
                if provider == kind.name:
                    spent[int(moment // period)] += weight
            allowed = kind.rate_limit.requests * max(1, self.STEP / kind.rate_limit.period)
            assert max(spent.values(), default=0) <= allowed, kind.name


def bare_status(client: FlaskClient, path: str) -> int:
    """Return the status of an answer, without a test client's cost for each of thousands."""
    _, status, _ = run_wsgi_app(client.application.wsgi_app, environ(path).copy(), buffered=True)
    return int(status.split()[0])


@cache
def environ(path: str) -> dict[str, Any]:
    """Return a server's WSGI environment for a request for `path`."""
    return EnvironBuilder(path=path).get_environ()


def _weight(provider: str, path: str) -> int:
    """Return a call's share of the provider's limit: Binance has weights, and others count calls."""
    if provider != "binance":
        return 1
    return 2 if "klines" in path else 40


def _settle(app: FlaskClient) -> None:
    """Wait until no refresh is running."""
    freshness = services_of(app.application).market.data
    eventually(lambda: not freshness._behind)
