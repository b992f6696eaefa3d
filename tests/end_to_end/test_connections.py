"""Clients that open connections and send little or nothing, while other clients are served."""

import select
import socket
import time
from contextlib import ExitStack

import pytest
import requests

from providers import ASSETS, discover
from tests.end_to_end.wire import CLOSE, HOST, connect, has_ended, read, send
from tests.running import Engine
from tests.upstreams import Fault, StandIn
from tests.waiting import at_leisure, eventually

MOST = 20
ASKED = b"GET /api/symbols HTTP/1.1\r\n" + HOST + b"\r\n"
HEALTH = b"GET /api/health HTTP/1.1\r\n" + CLOSE + b"\r\n"
QUIET = {"RATE_LIMIT_ENABLED": "false", "CACHE_WARMING_ENABLED": "false"}
KINDS = ["gevent", "gthread"]


def settings(stand_in: StandIn, kind: str, arguments: str, **more: str) -> dict[str, str]:
    """Return the settings of a server with few connections."""
    arguments = f"{arguments} --threads=8" if kind == "gthread" else arguments
    own = {"WORKER_CLASS": kind, "GUNICORN_CMD_ARGS": arguments, **more}
    return {**stand_in.base_urls(), **QUIET, **own}


@pytest.mark.parametrize(("kind", "halves"), [("gevent", 2), ("gthread", 0)])
def test_the_longest_silent_ends_for_a_new_one(stand_in: StandIn, kind: str, halves: int) -> None:
    """The connection with the longest idle time ends for a new one, even with half of a request.

    Under gthread, half of a request holds a thread for a while.
    """
    few = settings(stand_in, kind, f"--worker-connections={MOST}")
    with Engine(few) as small, ExitStack() as stack:
        silent = [stack.enter_context(connect(small)) for _ in range(MOST)]
        for connection in silent[:halves]:
            connection.sendall(ASKED[:9])
        assert send(small, ASKED.replace(HOST, CLOSE)).status == 200, "all before it are accepted as well"
        for connection in silent[2:4]:
            connection.sendall(ASKED)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        new = [stack.enter_context(connect(small)) for _ in range(MOST - 6)]
        eventually(lambda: all(has_ended(connection) for connection in [*silent[:2], *silent[4:9]]))
        assert send(small, ASKED.replace(HOST, CLOSE)).status == 200

        assert not any(has_ended(connection) for connection in silent[2:4]), "they asked last"
        assert not any(has_ended(connection) for connection in new)


def is_full(engine: Engine, waiting: list[socket.socket]) -> bool:
    """Return whether a further request is refused before one of those that wait has its answer."""
    while not select.select(waiting, [], [], 0)[0]:
        if send(engine, ASKED.replace(HOST, CLOSE)).status == 503:
            return True
    return False


@pytest.mark.parametrize("kind", KINDS)
def test_busy_connections_stay_and_health_is_served(stand_in: StandIn, kind: str) -> None:
    """While every connection waits for its answer, health is served, and any other request is 503 at once."""
    few, coins = 6, iter(ASSETS)

    def statuses() -> list[int]:
        """Return the statuses of those that waited: one has no room while that of the start is open."""
        asked = f"GET /api/ohlcv?symbol={next(coins).symbol}&limit=50 HTTP/1.1\r\n".encode() + CLOSE + b"\r\n"
        with ExitStack() as stack:
            waiting = [stack.enter_context(connect(engine)) for _ in range(few)]
            for connection in waiting:
                connection.sendall(asked)
            assert send(engine, HEALTH).status == 200, "all before it are being worked on"
            if not is_full(engine, waiting):
                return []
            refused = send(engine, ASKED)
            assert refused.error["code"] == "OVERLOADED"
            assert refused.headers["Retry-After"] == f"{refused.error['retryAfter']}"
            assert refused.headers["Access-Control-Allow-Origin"] == "*"
            for _ in range(3):
                response = send(engine, HEALTH.replace(CLOSE, HOST))
                assert response.status == 200
                assert response.headers["Connection"] == "close"
            return [read(connection).status for connection in waiting]

    with Engine(settings(stand_in, kind, f"--worker-connections={few}")) as engine:
        for provider in discover():
            stand_in.fault(provider.name, Fault("delay", seconds=3))

        served = [200] * few
        assert at_leisure(statuses, lambda found: found == served) == served


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_ends_its_own(stand_in: StandIn, kind: str) -> None:
    """An address at its limit loses its own connections, and others keep theirs."""
    limited = settings(stand_in, kind, "--worker-connections=99", CONNECTIONS_PER_ADDRESS="4")
    with Engine(limited) as engine, ExitStack() as stack:
        others = [stack.enter_context(connect(engine, "127.0.0.2")) for _ in range(4)]
        greedy = [stack.enter_context(connect(engine, "127.0.0.3")) for _ in range(10)]
        eventually(lambda: all(has_ended(connection) for connection in greedy[:6]))

        assert not any(has_ended(connection) for connection in [*greedy[6:], *others])
        assert send(engine, ASKED.replace(HOST, CLOSE), "127.0.0.3").status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_behind_a_proxy_all_are_from_it(stand_in: StandIn, kind: str) -> None:
    """Behind a proxy, connections are not counted by address."""
    proxied = settings(
        stand_in, kind, "--worker-connections=99", CONNECTIONS_PER_ADDRESS="4", TRUSTED_PROXY_HOPS="1"
    )
    with Engine(proxied) as engine, ExitStack() as stack:
        connections = [stack.enter_context(connect(engine)) for _ in range(10)]
        for connection in connections:
            connection.sendall(ASKED)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("kind", KINDS)
def test_a_head_that_drips_has_one_time(stand_in: StandIn, kind: str) -> None:
    """Headers have one time limit, here a second, which slow sending does not extend."""
    with Engine(settings(stand_in, kind, "--keep-alive=1")) as engine, connect(engine) as slow:
        begin = time.monotonic()
        slow.sendall(ASKED[:-2])
        with pytest.raises(ConnectionError):
            drip(slow)
        assert time.monotonic() - begin < 10
        assert send(engine, HEALTH).status == 200


def drip(connection: socket.socket) -> None:
    """Send endless headers, one byte now and then."""
    connection.settimeout(0.05)
    while True:
        connection.sendall(b"X")
        try:
            if connection.recv(1) == b"":
                raise ConnectionAbortedError
        except TimeoutError:
            continue


def test_four_thousand_silent_connections_leave_room_for_others(stand_in: StandIn) -> None:
    """Four thousand idle connections, from one address or from many, leave room for other clients."""
    with Engine({**stand_in.base_urls(), **QUIET}) as engine, ExitStack() as stack:
        for turn in range(4500):
            stack.enter_context(connect(engine))
            if turn % 900 == 0:
                assert requests.get(f"{engine.url}/api/symbols", timeout=5).ok
        for turn in range(4500):
            stack.enter_context(connect(engine, f"127.0.1.{turn % 9 + 1}"))
            if turn % 900 == 0:
                assert requests.get(f"{engine.url}/api/symbols", timeout=5).ok
        assert send(engine, HEALTH).status == 200
