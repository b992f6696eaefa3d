"""Broken, oversized and slow requests never reach the application."""

import json
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
import requests

from schemas import ErrorAnswer, ProblemAnswer
from tests.end_to_end.wire import HOST, connect, read, send
from tests.engine.web.api.answers import held
from tests.running import Engine
from tests.waiting import eventually


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (b"NONSENSE\r\n\r\n", 400, "INVALID_REQUEST"),
        (b"GET /api/health HTTP/9.9\r\n" + HOST + b"\r\n", 505, "HTTP_VERSION_NOT_SUPPORTED"),
        (b"GET /api/health HTTP/1.1\r\nbad header\r\n\r\n", 400, "INVALID_REQUEST"),
        (b"GET /?" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, "URI_TOO_LONG"),
        (b"GET /?" + b"a" * 900_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, "URI_TOO_LONG"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 5_000 + b"\r\n\r\n", 431, "HEADERS_TOO_LARGE"),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 100 + b"\r\n", 431, "HEADERS_TOO_LARGE"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: none\r\n\r\n", 501, "INTERNAL_ERROR"),
    ],
)
def test_one_body_for_what_gunicorn_refuses(engine: Engine, request_: bytes, status: int, code: str) -> None:
    """Requests that gunicorn refuses get the common format with the usual headers."""
    response = send(engine, request_)
    headers, body = response.headers, response.body

    assert response.status == status
    assert held(ErrorAnswer, json.loads(body))["error"]["code"] == code
    assert headers["Content-Type"] == "application/json"
    assert headers["Content-Length"] == str(len(body))
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] == "*", "a page may read why"
    assert "X-Request-ID" in headers["Access-Control-Expose-Headers"]
    assert "Date" in headers


ASKED = b"Accept: application/problem+json\r\n"
LONG = b"a" * 9_000


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([b"GET /?" + LONG + b" HTTP/1.1\r\n" + HOST + ASKED + b"\r\n"], 414),
        ([b"GET /?" + LONG, b" HTTP/1.1\r\n" + HOST, b"accept:application/problem+json\r\n\r\n"], 414),
        ([b"GET / HTTP/1.1\r\n" + HOST + b"X: " + LONG + b"\r\n" + ASKED + b"\r\n"], 431),
        ([b"GET / HTTP/1.1\r\n" + HOST + ASKED + b"X: a\r\n" * 100 + b"\r\n"], 431),
        ([b"GET /%zz HTTP/1.1\r\n" + HOST + ASKED + b"\r\n"], 400),
        ([b"GET / HTTP/9.9\r\n" + HOST + ASKED + b"\r\n"], 505),
    ],
)
def test_a_refusal_is_a_problem_where_a_client_asks_for_that(
    engine: Engine, parts: list[bytes], status: int
) -> None:
    """A client that reads problems gets one from gunicorn, too, wherever its request says so."""
    with connect(engine) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
        response = read(connection)

    assert response.headers["Content-Type"] == "application/problem+json"
    assert held(ProblemAnswer, json.loads(response.body))["status"] == response.status == status


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 100 + b"\r\n" + ASKED + b"\r\n",
        b"GET /?" + LONG + b"\r\nX-" + ASKED,
        b"GET /?" + LONG,
    ],
)
def test_what_no_header_asks_for_is_no_problem(engine: Engine, request_: bytes) -> None:
    """Bytes after a head, other headers and a head without an end ask for no problem."""
    assert send(engine, request_).headers["Content-Type"] == "application/json"


def test_a_large_body_is_refused_unread(engine: Engine) -> None:
    """A body that announces too many bytes is refused unread."""
    with socket.create_connection(("127.0.0.1", engine.port), timeout=5) as connection:
        connection.sendall(b"GET /api/prices HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        assert b" 413 " in connection.makefile("rb").readline()


@pytest.mark.parametrize("framing", [b"Content-Length: 9999999999", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("first", [b"GET /api/symbols", b"GET /nothing", b"POST /api/symbols"])
def test_an_unread_body_ends_the_connection(engine: Engine, first: bytes, framing: bytes) -> None:
    """The server closes a connection with an unread body after its answer."""
    with socket.create_connection(("127.0.0.1", engine.port), timeout=10) as connection:
        connection.sendall(first + b" HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n\r\n")
        assert connection.makefile("rb").readline().startswith(b"HTTP/1.1 ")
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            send_chunks(connection, 1_000)


def send_chunks(connection: socket.socket, count: int) -> None:
    """Send chunks of 64 KiB, practically without end."""
    for _ in range(count):
        connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


def test_no_header_renames_a_path(engine: Engine) -> None:
    """No header changes the path of a request, even from a proxy on the same host."""
    lines = b"SCRIPT_NAME: /api\r\nPATH_INFO: /nothing\r\nConnection: close\r\n\r\n"

    assert send(engine, b"GET /api/symbols HTTP/1.1\r\n" + HOST + lines).status == 200


def test_the_date_is_right(engine: Engine) -> None:
    """The `Date` header is right, because caches use it."""
    date = requests.get(f"{engine.url}/api/symbols", timeout=5).headers["Date"]

    assert abs(time.mktime(time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT")) - time.mktime(time.gmtime())) < 3


def median_of_health(engine: Engine, meanwhile: Callable[[int], object] = abs) -> float:
    """Return the median time of fifty requests for health."""
    seconds = []
    with requests.Session() as session:
        for turn in range(50):
            start = time.perf_counter()
            assert session.get(f"{engine.url}/api/health", timeout=5).ok
            seconds.append(time.perf_counter() - start)
            meanwhile(turn)
    return median(seconds)


@pytest.mark.timed
def test_a_thousand_slow_clients_hold_nothing(gevent: Engine) -> None:
    """A thousand slow clients that send single bytes do not slow other clients."""
    usual = median_of_health(gevent)
    slow: list[socket.socket] = []
    try:
        for _ in range(1000):
            slow.append(socket.create_connection(("127.0.0.1", gevent.port), timeout=5))
            slow[-1].sendall(b"GET /api/health HTTP/1.1\r\nHo")
        assert median_of_health(gevent, lambda turn: slow[turn].sendall(b"s")) < 3 * usual + 0.01
    finally:
        for connection in slow:
            connection.close()


def test_gunicorn_names_no_client(engine: Engine, log: Path) -> None:
    """No address of a client, even of a refused one, is in gunicorn's log."""
    send(engine, b"NONSENSE\nforged\r\n\r\n")
    eventually(lambda: " 400 in " in log.read_text())

    assert "Listening at: http://127.0.0.1:" in log.read_text()
    assert not re.search(r"127\.0\.0\.1(?!:)", log.read_text())
