"""A client that repeats its request byte for byte gets what any other one gets, under gevent."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.end_to_end.wire import connect
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn
from tests.waiting import eventually

LINE = b"GET /api/ohlcv?symbol=BTC&limit=60 HTTP/1.1\r\n"
MOMENTS = (b"Date", b"Age", b"Cache-Control", b"Cache-Status", b"X-Request-ID", b"Content-Length")
"""Headers whose values differ from one moment to the next."""
QUOTA = b"X-RateLimit-Remaining"
HEADS = {
    "plain": LINE + b"Host: x\r\n\r\n",
    "compressed": LINE + b"Host: x\r\nAccept-Encoding: gzip\r\n\r\n",
    "a page's": LINE + b"Host: x\r\nOrigin: https://a.example\r\n\r\n",
    "conditional": LINE + b"Host: x\r\nIf-None-Match: *\r\n\r\n",
    "an older version": LINE.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n\r\n",
    "CSV": LINE + b"Host: x\r\nAccept: text/csv\r\n\r\n",
    "without a body": LINE.replace(b"GET", b"HEAD") + b"Host: x\r\n\r\n",
}


@pytest.fixture(scope="module")
def server(stand_in: StandIn) -> Iterator[Engine]:
    """Yield a server with quotas that no test uses up."""
    quotas = {"RATE_LIMIT_OHLCV": "100000", "CACHE_WARMING_ENABLED": "false"}
    with Engine({**stand_in.base_urls(), **AMPLE, **quotas}) as engine:
        yield engine


class Client:
    """A connection that stays open."""

    def __init__(self, engine: Engine, address: str = "127.0.0.1") -> None:
        self._connection = connect(engine, address)
        self._pending = b""

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    def get(self, head: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
        """Send a request, and return the status line, the headers and the body of the answer."""
        self.send(head)
        return self.answer(has_body=not head.startswith(b"HEAD"))

    def send(self, heads: bytes) -> None:
        """Send bytes."""
        self._connection.sendall(heads)

    def answer(self, has_body: bool = True) -> tuple[bytes, dict[bytes, bytes], bytes]:
        """Return the next answer."""
        while b"\r\n\r\n" not in self._pending:
            self._more()
        head, _, self._pending = self._pending.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        headers = dict(line.split(b": ", 1) for line in lines)
        length = int(headers.get(b"Content-Length", b"0")) if has_body else 0
        while len(self._pending) < length:
            self._more()
        body, self._pending = self._pending[:length], self._pending[length:]
        return first, headers, body

    def _more(self) -> None:
        some = self._connection.recv(65_536)
        assert some, "the server ended the connection"
        self._pending += some


def lasting(headers: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Return the headers that are the same at each moment."""
    moving = (*MOMENTS, QUOTA, b"RateLimit", b"X-RateLimit-Reset", b"X-Data-Age")
    return {name: value for name, value in headers.items() if name not in moving}


@pytest.mark.parametrize("name", HEADS)
def test_answers_are_alike(server: Engine, name: str) -> None:
    """The first answer, which passes all layers, and each later one have the same lines in the same order."""
    head = HEADS[name]
    with Client(server) as client, Client(server) as another:
        whole = head.replace(b"\r\n\r\n", b"\r\nCookie: a=b\r\n\r\n")  # such a head is parsed each time
        client.get(whole)  # the answer is kept
        first, headers, body = client.get(whole)
        found = [each.get(head) for each in (client, client, client, another, another)]

        for line, others, data in found:
            assert line == first
            assert list(others) == list(headers)
            assert lasting(others) == lasting(headers)
            assert len(data) - len(body) in range(-2, 3), "the age has another length"
        left = [int(others[QUOTA]) for _, others, _ in found]
        assert left == [int(headers[QUOTA]) - count for count in range(1, 6)]


def test_requests_that_arrive_together_are_answered_in_order(server: Engine) -> None:
    """Repeated heads and others may come in one piece, and each gets its answer."""
    one, other = HEADS["plain"], HEADS["conditional"]
    with Client(server) as client:
        for head in (one, one, other, other):
            client.get(head)
        client.send(one + other + one)
        answers = [client.answer()[0].split()[1] for _ in range(3)]

        assert answers == [b"200", b"304", b"200"]
        assert client.get(one)[0].split()[1] == b"200"


def test_each_address_has_its_quota(server: Engine) -> None:
    """A head that one address has sent is counted for another address when that one sends it."""
    head = LINE + b"Host: x\r\nX-Mine: 1\r\n\r\n"
    with Client(server, "127.0.0.7") as client, Client(server, "127.0.0.8") as another:
        left = [int(client.get(head)[1][QUOTA]) for _ in range(3)]
        others = [int(another.get(head)[1][QUOTA]) for _ in range(3)]

    assert left == others == list(range(99_999, 99_996, -1))


def test_an_address_keeps_its_limit_however_fast_it_repeats(stand_in: StandIn) -> None:
    """Connections that repeat a request without a pause end each other, or are refused, as all others."""
    settings = {
        "CONNECTIONS_PER_ADDRESS": "4",
        "RATE_LIMIT_ENABLED": "false",
        "CACHE_WARMING_ENABLED": "false",
    }
    done = threading.Event()

    def repeat() -> None:
        with suppress(AssertionError, ConnectionError), Client(engine) as client:
            while not done.is_set() and client.get(HEADS["plain"])[0].split()[1] == b"200":
                pass

    with Engine({**stand_in.base_urls(), **AMPLE, **settings}) as engine:
        threads = [threading.Thread(target=repeat) for _ in range(12)]
        for thread in threads:
            thread.start()
        eventually(lambda: sum(thread.is_alive() for thread in threads) <= 4)
        assert any(thread.is_alive() for thread in threads)
        done.set()
        for thread in threads:
            thread.join()


def test_a_stopping_server_announces_the_end(stand_in: StandIn) -> None:
    """The last answer of a worker that stops says that the connection ends, also to a repeated request."""
    settings = {**stand_in.base_urls(), **AMPLE, "CACHE_WARMING_ENABLED": "false"}
    with Engine(settings) as engine, Client(engine) as client:
        for _ in range(3):
            assert client.get(HEADS["plain"])[1][b"Connection"] == b"keep-alive"
        engine.process.send_signal(signal.SIGTERM)
        kept = b"keep-alive"
        while kept == b"keep-alive":
            kept = client.get(HEADS["plain"])[1][b"Connection"]

        assert kept == b"close"
        with pytest.raises((AssertionError, ConnectionError, socket.timeout)):
            client.get(HEADS["plain"])
