"""Requests that are invalid HTTP: each gets a 4xx in the common format, without a trace in the log."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas import ErrorAnswer
from tests.end_to_end.wire import CLOSE, HOST, connect, read, send
from tests.engine.web.api.answers import held
from tests.running import Engine

GET = b"GET /api/symbols HTTP/1.1\r\n"
POST = b"POST /api/sentiment/analyze HTTP/1.1\r\n"
CHUNKED = POST + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
TEXT = b'{"text": "BTC soars"}'


@pytest.fixture(autouse=True)
def _no_trace(log: Path) -> Iterator[None]:
    """Check that the log has no internal error."""
    yield
    written = log.read_text()
    assert "Listening at" in written
    assert "Traceback" not in written
    assert " ERROR " not in written


REFUSED = {
    "no host": (GET + b"\r\n", 400),
    "two hosts": (GET + HOST * 2 + b"\r\n", 400),
    "an empty host": (GET + b"Host:\r\n\r\n", 400),
    "a host with a path": (GET + b"Host: a/b\r\n\r\n", 400),
    "a host with a user": (GET + b"Host: a@b\r\n\r\n", 400),
    "a host with a space": (GET + b"Host: a b\r\n\r\n", 400),
    "a host with markup": (GET + b'Host: a"><script>\r\n\r\n', 400),
    "a host with a bad port": (GET + b"Host: a:99999\r\n\r\n", 400),
    "no host for health": (b"GET /api/health HTTP/1.1\r\n\r\n", 400),
    "a bad host in 1.0": (GET.replace(b"1.1", b"1.0") + b"Host: a b\r\n\r\n", 400),
    "1.2": (GET.replace(b"1.1", b"1.2") + HOST + b"\r\n", 505),
    "1.9": (GET.replace(b"1.1", b"1.9") + HOST + b"\r\n", 505),
    "0.9": (GET.replace(b"1.1", b"0.9") + HOST + b"\r\n", 505),
    "2.0": (GET.replace(b"1.1", b"2.0") + HOST + b"\r\n", 505),
    "3.0": (GET.replace(b"1.1", b"3.0") + HOST + b"\r\n", 505),
    "1.1.1": (GET.replace(b"1.1", b"1.1.1") + HOST + b"\r\n", 400),
    "a version in small letters": (GET.replace(b"HTTP", b"http") + HOST + b"\r\n", 400),
    "no version": (b"GET /api/symbols\r\n" + HOST + b"\r\n", 400),
    "two spaces": (b"GET  /api/symbols HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a method in small letters": (b"get /api/symbols HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a length below zero": (POST + HOST + b"Content-Length: -1\r\n\r\n", 400),
    "a length with a sign": (POST + HOST + b"Content-Length: +5\r\n\r\n", 400),
    "a length in words": (POST + HOST + b"Content-Length: five\r\n\r\n", 400),
    "a length in parts": (POST + HOST + b"Content-Length: 5, 5\r\n\r\n", 400),
    "a length in other digits": (POST + HOST + b"Content-Length: \xb2\r\n\r\n", 400),
    "an empty length": (POST + HOST + b"Content-Length:\r\n\r\n", 400),
    "a length of 4000 digits": (POST + HOST + b"Content-Length: " + b"9" * 4000 + b"\r\n\r\n", 413),
    "two lengths": (POST + HOST + b"Content-Length: 5\r\n" * 2 + b"\r\nhello", 400),
    "a length and chunks": (POST + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    "chunks twice": (POST + HOST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n", 400),
    "chunks within chunks": (POST + HOST + b"Transfer-Encoding: chunked, chunked\r\n\r\n", 400),
    "chunks before another coding": (POST + HOST + b"Transfer-Encoding: chunked, gzip\r\n\r\n", 400),
    "gzip alone": (POST + HOST + b"Transfer-Encoding: gzip\r\n\r\n", 400),
    "identity": (POST + HOST + b"Transfer-Encoding: identity\r\n\r\n", 400),
    "an unknown coding": (POST + HOST + b"Transfer-Encoding: xchunked\r\n\r\n", 501),
    "chunks in 1.0": (CHUNKED.replace(b"1.1", b"1.0") + b"0\r\n\r\n", 400),
    "a folded header": (GET + HOST + b"X: a\r\n b\r\n\r\n", 400),
    "a space before the colon": (GET + HOST + b"X : a\r\n\r\n", 400),
    "a header without a name": (GET + HOST + b": a\r\n\r\n", 400),
    "a header without a colon": (GET + HOST + b"nonsense\r\n\r\n", 400),
    "a zero byte in a header": (GET + HOST + b"X: a\0b\r\n\r\n", 400),
    "a return in a header": (GET + HOST + b"X: a\rb\r\n\r\n", 400),
    "bare line feeds": (b"GET /api/symbols HTTP/1.1\nHost: x\n\n", 400),
    "a header of 5000": (GET + HOST + b"X: " + b"a" * 5000 + b"\r\n\r\n", 431),
    "65 headers": (GET + HOST + b"X: a\r\n" * 65 + b"\r\n", 431),
    "60 KB of headers": (GET + HOST + (b"X: " + b"a" * 4000 + b"\r\n") * 15 + b"\r\n", 431),
    "an expectation": (POST + HOST + b"Expect: a miracle\r\nContent-Length: 5\r\n\r\nhello", 417),
    "a zero byte in the path": (b"GET /api/\0 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "an escaped zero byte": (b"GET /api/ohlcv/%00 HTTP/1.1\r\n" + CLOSE + b"\r\n", 400),
    "a byte above 127": (b"GET /api/\xff HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "half an escape": (b"GET /api/symbols% HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "an escape that is none": (b"GET /api/coins/top?x=%zz HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a query of 9000": (GET.replace(b"symbols", b"symbols?" + b"a" * 9000) + HOST + b"\r\n", 414),
    "a path of 9000": (GET.replace(b"symbols", b"a" * 9000) + HOST + b"\r\n", 414),
    "an asterisk": (b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "an address without a path": (b"GET example.org:80 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a host that is no address": (b"GET //api//symbols HTTP/1.1\r\nHost: [::::]\r\n\r\n", 400),
    "a broken address": (b"GET http://[/api HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a tunnel": (b"CONNECT example.org:443 HTTP/1.1\r\n" + HOST + b"\r\n", 404),
    "options of everything": (b"OPTIONS * HTTP/1.1\r\n" + CLOSE + b"\r\n", 404),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\r\n\r\n", 400),
    "a chunk of no size": (CHUNKED + b"ZZ\r\n", 400),
    "a chunk of a negative size": (CHUNKED + b"-5\r\nhello\r\n", 400),
    "a chunk of an empty size": (CHUNKED + b"\r\nhello\r\n", 400),
    "a chunk with a sign": (CHUNKED + b"+5\r\nhello\r\n", 400),
    "a chunk with 0x": (CHUNKED + b"0x5\r\nhello\r\n", 400),
    "a chunk that is longer than it says": (CHUNKED + b"2\r\nhello\r\n0\r\n\r\n", 400),
    "a chunk with a bad extension": (CHUNKED + b"5;=\r\nhello\r\n0\r\n\r\n", 400),
    "a chunk with a size of 9000 digits": (CHUNKED + b"1" * 9000, 400),
    "a bad trailer": (CHUNKED + b"0\r\nnonsense\r\n\r\n", 400),
    "a forbidden trailer": (CHUNKED + b"0\r\nContent-Length: 5\r\n\r\n", 400),
    "a trailer of 300 KB": (CHUNKED + b"0\r\n" + (b"X: " + b"a" * 4000 + b"\r\n") * 75, 400),
    "a size of 70 digits": (CHUNKED + b"F" * 70 + b"\r\n" + b"x" * 300_000, 413),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_gets_its_status(engine: Engine, name: str) -> None:
    """An invalid request gets its status in the common format, and other clients are served."""
    request, status = REFUSED[name]
    response = send(engine, request)

    assert response.status == status
    assert held(ErrorAnswer, json.loads(response.body))["error"]["code"]
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Request-ID"]
    assert send(engine, GET + CLOSE + b"\r\n").status == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (POST + CLOSE + b"Content-Length: 99\r\n\r\n" + TEXT, 400),
        (CHUNKED + b"15\r\n" + TEXT, 400),
        (CHUNKED + b"15\r\n" + TEXT + b"\r\n", 400),
        (CHUNKED + b"15\r\n" + TEXT + b"\r\n0\r\n", 400),
    ],
    ids=["a length", "within a chunk", "after a chunk", "before the end"],
)
def test_a_body_that_ends_too_early_is_none(engine: Engine, sent: bytes, status: int) -> None:
    """A body that ends too early is refused, even if its received part is valid."""
    with connect(engine) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        response = read(connection)

    assert (response.status, response.error["code"]) == (status, "INVALID_PARAMETER")


@pytest.mark.parametrize(
    "head",
    [
        GET.replace(b"1.1", b"1.0") + b"\r\n",
        GET.replace(b"1.1", b"1.0") + b"Host:\r\n\r\n",
        GET + b"Host: [::1]:8000\r\nConnection: close\r\n\r\n",
        GET + b"hOsT: engine_1.example.\r\nConnection: close\r\n\r\n",
        b"GET http://anybody/api/symbols HTTP/1.1\r\n" + CLOSE + b"\r\n",
        b"\r\n" + GET + CLOSE + b"\r\n",
        CHUNKED + b"15;a=b\r\n" + TEXT + b"\r\n0\r\nX: y\r\n\r\n",
        POST + CLOSE + b"Content-Length: 021\r\n\r\n" + TEXT,
        POST + CLOSE + b"Expect: 100-continue\r\nContent-Length: 21\r\n\r\n" + TEXT,
    ],
)
def test_what_is_unusual_is_served(engine: Engine, head: bytes) -> None:
    """Unusual valid requests are served: HTTP/1.0 without a host, IPv6 hosts, trailers and leading zeros."""
    assert send(engine, head).status in (100, 200)


def test_requests_in_one_packet_are_answered_in_turn(engine: Engine) -> None:
    """Requests in one packet are answered in order, and an unread body ends the connection."""
    post = POST + HOST + b"Content-Length: 21\r\n\r\n" + TEXT
    with connect(engine) as connection:
        connection.sendall(GET + HOST + b"\r\n" + post + CHUNKED.replace(CLOSE, HOST) + b"15\r\n" + TEXT)
        connection.sendall(b"\r\n0\r\n\r\n" + GET + CLOSE + b"\r\n")
        response = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert response.count(b"HTTP/1.1 200 OK\r\n") == 4

    with connect(engine) as connection:
        connection.sendall(GET + HOST + b"Content-Length: 400\r\n\r\n" + (GET + HOST + b"\r\n") * 9)
        response = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert response.count(b"HTTP/1.1 ") == 1


def test_no_answer_repeats_the_host(engine: Engine) -> None:
    """No page, document, redirect, failure or refusal repeats the request's host."""
    paths = (b"/", b"/chart", b"/docs", b"/docs/", b"/openapi.json", b"/api//symbols", b"//api//symbols?x=1")
    more = (
        b"/nothing",
        b"/api/symbols?x=1",
        b"/api/sentiment/analyze",
        b"/favicon.ico",
        b"/metrics",
        b"/info",
    )
    for path in (*paths, *more, b"http://evil.example/api//symbols", b"/%zz"):
        response = send(
            engine, b"GET " + path + b" HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        )
        assert b"evil" not in response.body, path
        assert "evil" not in str(response.headers), path


def test_a_redirect_is_to_a_path(engine: Engine) -> None:
    """A redirect is a path with the query, and never has a host."""
    response = send(engine, b"GET /api//symbols?q=%41 HTTP/1.1\r\n" + CLOSE + b"\r\n")

    assert (response.status, response.headers["Location"]) == (308, "/api/symbols?q=%41")
