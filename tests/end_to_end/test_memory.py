"""Clients that send large data in every way at once leave the server within docs/deploy.md's memory."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import requests

from benchmarks.process import Server
from engine.config import Settings
from tests.end_to_end.wire import CLOSE, HOST, Response, connect, read, send
from tests.running import Engine
from tests.upstreams import StandIn

PROMISED = 256
FOR_PROVIDERS = 20
"""Megabytes: of all, and of large bodies from providers, as docs/deploy.md has them."""
LARGEST = 256 * 1024
ANALYZE = b"POST /api/sentiment/analyze HTTP/1.1\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


def announced(size: int) -> bytes:
    """Return the headers of a request with a body of `size` bytes."""
    return ANALYZE + CLOSE + f"Content-Length: {size}\r\n\r\n".encode()


def memory(engine: Engine, field: str) -> float:
    """Return the worker's megabytes: in use (`VmRSS`), or the most that it ever used (`VmHWM`)."""
    pid = engine.process.pid
    (worker,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = Path(f"/proc/{worker}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def test_a_worker_shares_what_is_imported(gevent: Engine) -> None:
    """Most of the memory that the arbiter has loaded stays shared, although the worker collects garbage."""
    with requests.Session() as session:
        for count in range(50, 250):
            assert session.get(f"{gevent.url}/api/ohlcv?symbol=BTC&limit={count}", timeout=20).ok
    lines = Path(f"/proc/{gevent.process.pid}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {name: int(size.split()[0]) for name, _, size in (line.partition(":") for line in lines)}

    assert kilobytes["Shared_Dirty"] > kilobytes["Private_Dirty"]


@pytest.mark.parametrize("quotas", ["true", "false"])
def test_the_promise_holds_whatever_is_sent(stand_in: StandIn, quotas: str) -> None:
    """Any attack leaves the memory within the documented limit, including the cache and providers' data."""
    settings = {**stand_in.base_urls(), "CACHE_WARMING_ENABLED": "false", "LOG_LEVEL": "WARNING"}
    with Engine({**settings, "RATE_LIMIT_ENABLED": quotas}, fresh=True) as engine, ExitStack() as stack:

        def opened(address: str) -> socket.socket:
            return stack.enter_context(connect(engine, address))

        start, before = Server(engine.process.pid).megabytes, memory(engine, "VmRSS")
        for attack in ATTACKS:
            attack(opened)
            response = send(engine, b"GET /api/health HTTP/1.1\r\n" + CLOSE + b"\r\n", "127.0.0.9")
            assert response.status == 200, attack.__name__
        peak = start + memory(engine, "VmHWM") - before

        assert peak + Settings().cache_max_bytes / 2**20 + FOR_PROVIDERS < PROMISED


Opened = Callable[[str], socket.socket]


def addresses(count: int) -> list[str]:
    """Return `count` addresses, twenty of them different."""
    return [f"127.0.1.{turn % 20 + 1}" for turn in range(count)]


def push(connection: socket.socket, data: bytes) -> None:
    """Send as much of the data as the server accepts."""
    connection.settimeout(5)
    with suppress(OSError):
        connection.sendall(data)


def eight_megabytes(opened: Opened) -> None:
    """Send bodies of 8 MB that lack a byte. This attack once took 539 MB."""
    for address in addresses(58):
        push(opened(address), announced(8 * 2**20) + b"x" * (8 * 2**20 - 1))


def dripping_bodies(opened: Opened) -> None:
    """Send bodies of the maximum size that lack a byte."""
    for address in addresses(400):
        push(opened(address), announced(LARGEST) + b'{"text":"' + b"x" * (LARGEST - 10))


def huge_chunks(opened: Opened) -> None:
    """Send endless chunks, with an announced size and without one."""
    for address in addresses(100):
        push(opened(address), ANALYZE + CLOSE + CHUNKED + b"7FFFFFFF\r\n" + b"x" * (LARGEST - 100))
    for address in addresses(100):
        push(opened(address), ANALYZE + CLOSE + CHUNKED + b"1;" + b"x" * LARGEST)


def many_parts(opened: Opened) -> None:
    """Send lists with the maximum number of values. This attack once took 315 MB."""
    lists = b'{"texts":[' + b"[]," * 87_000 + b"[]]}"
    for address in addresses(60):
        connection = opened(address)
        push(connection, announced(len(lists)) + lists)
        assert read(connection).status in (400, 429, 503)


def endless_heads(opened: Opened) -> None:
    """Send thousands of incomplete headers, some of them long."""
    connections = [opened(address) for address in addresses(4200)]
    for size in (900, 4000, 4000, 30_000):
        for connection in connections:
            push(connection, b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"x" * size + b"\r\n")


def slow_readers(opened: Opened) -> None:
    """Request the largest files and read nothing."""
    for address in addresses(300):
        connection = opened(address)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for path in (b"/docs/assets/0/vendor/scalar/standalone.js", b"/openapi.json"):
            push(connection, b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n")


ATTACKS = (eight_megabytes, dripping_bodies, huge_chunks, many_parts, endless_heads, slow_readers)


@pytest.mark.parametrize(
    ("path", "largest"),
    [("/api/sentiment/analyze", LARGEST), ("/api/hf/run-sentiment", 32 * 1024), ("/api/hf/refresh", 1024)],
)
class TestLimits:
    """Each endpoint with a body has its own limit, however the body is sent."""

    def test_it_is_refused_by_what_it_announces(self, engine: Engine, path: str, largest: int) -> None:
        """A body that announces too many bytes is refused before it arrives."""
        response = send(
            engine, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {largest + 1}\r\n\r\n".encode()
        )

        assert (response.status, response.error["code"]) == (413, "PAYLOAD_TOO_LARGE")
        assert f"{largest}" in response.error["message"]

    @pytest.mark.parametrize("size", [100, 5000, 1 << 30])
    def test_it_is_refused_while_it_is_read(self, engine: Engine, path: str, largest: int, size: int) -> None:
        """A body is refused once it is too large, for any size of chunks."""
        with connect(engine) as connection:
            connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n".encode() + CHUNKED)
            enough = largest + 2048  # it is read in pieces
            chunk = f"{size:X}\r\n".encode() + b"x" * min(size, enough) + b"\r\n"
            push(connection, chunk * (enough // size + 1))
            response = read(connection)

        assert (response.status, response.error["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_others_have_room_while_one_fills_its_part(gevent: Engine) -> None:
    """A client at its limit is refused, and a client at another address is served."""
    text = b'{"text": "BTC soars"}'
    with ExitStack() as stack:
        for _ in range(8):
            connection = stack.enter_context(connect(gevent))
            connection.sendall(announced(LARGEST) + b"x" * (LARGEST - 1))

        def of_the_same() -> Response:
            return send(gevent, announced(LARGEST))

        refused = of_the_same()
        assert (refused.status, refused.error["code"]) == (429, "RATE_LIMITED")
        assert refused.headers["Retry-After"] == "1"
        assert send(gevent, announced(len(text)) + text, "127.0.0.2").status == 200


@pytest.mark.parametrize("path", ["/api/symbols", "/api/health", "/openapi.json", "/", "/metrics"])
def test_what_takes_no_body_reads_none(engine: Engine, path: str) -> None:
    """A small body to an endpoint without one is ignored and ends the connection, and a large one is 413."""
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\n".encode()
    for framing in (b"Content-Length: 65536\r\n\r\n", CHUNKED):
        assert send(engine, head + framing).status == 200
    response = send(engine, head + b"Content-Length: 65537\r\n\r\n")

    assert (response.status, response.error["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_many_large_bodies_after_each_other_leave_the_room_as_it_was(gevent: Engine) -> None:
    """After many valid, invalid, broken or abandoned large bodies, all the memory for bodies is free."""
    good = b'{"text": "' + b"a" * 4000 + b'"}'
    kinds = (announced(len(good)) + good, announced(LARGEST) + b"x" * LARGEST, announced(LARGEST))
    with ThreadPoolExecutor(4) as pool:

        def one(turn: int) -> None:
            with connect(gevent, "127.0.0.3") as connection:
                push(connection, kinds[turn % 3])
                if turn % 3 < 2:
                    read(connection)

        [*pool.map(one, range(60))]
    assert send(gevent, kinds[0], "127.0.0.3").status == 200
