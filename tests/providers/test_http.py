"""The way to the network, against a real server on loopback."""

import gzip
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Barrier, Event, Thread

import pytest

from providers import BadData, Capacity, Http, Limits, Unavailable

WAIT = 10
"""Seconds after which a test that hangs gives up; none takes that long."""


class Server(ThreadingHTTPServer):
    """Notes who asked for what."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: list[str] = []
        self.connections: list[int] = []
        self.released = Event()
        self.pair = Barrier(2)

    def handle_error(self, *args: object) -> None:
        """Says nothing of callers that hang up."""


class Handler(BaseHTTPRequestHandler):
    """Answers in the way that the path names."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """One method for each path."""
        self.server.asked.append(self.path)
        self.server.connections.append(self.client_address[1])
        getattr(self, self.path.split("?")[0].rpartition("/")[2])()

    def log_message(self, *args: object) -> None:
        """Says nothing."""

    def answer(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        """A whole answer, unless its length is said to be another."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def well(self) -> None:
        """Repeats the headers that were sent."""
        sent = f"{self.headers['User-Agent']} {self.headers['Accept']} {self.headers['X-Key']}"
        self.answer(sent.encode())

    def large(self) -> None:
        """A megabyte."""
        self.answer(b"x" * 1_000_000)

    def huge(self) -> None:
        """Three megabytes."""
        self.answer(b"x" * 3_000_000)

    def bomb(self) -> None:
        """A megabyte in a thousandth of it."""
        self.answer(gzip.compress(b"x" * 1_000_000), Content_Encoding="gzip")

    def zipped(self) -> None:
        """A short text, compressed."""
        self.answer(gzip.compress(b"text"), Content_Encoding="gzip")

    def garbled(self) -> None:
        """What is not compressed and says it is."""
        self.answer(b"text", Content_Encoding="gzip")

    def cut(self) -> None:
        """Half of what was announced."""
        self.answer(b"half", length=8)
        self.close_connection = True

    def cut_chunk(self) -> None:
        """A chunk that never ends."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"8\r\nhalf")
        self.close_connection = True

    def headers_without_end(self) -> None:
        """One header after the other, as long as anybody reads them."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with suppress(OSError):
            for _ in range(100_000):
                self.wfile.write(b"X")
        self.close_connection = True

    def hang(self) -> None:
        """Half of what was announced, and then silence."""
        self.answer(b"half", length=8)
        self.server.released.wait(WAIT)
        self.close_connection = True

    def silent(self) -> None:
        """Nothing at all."""
        self.server.released.wait(WAIT)
        self.close_connection = True

    def moved(self) -> None:
        """A redirect."""
        self.answer(b"", 302, Location="/well")

    def together(self) -> None:
        """Waits until two ask at once."""
        self.server.pair.wait(WAIT)
        self.answer(b"both")


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that runs for one test."""
    with Server() as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.released.set()
        running.shutdown()
        thread.join()


def failure(http: Http, url: str) -> Unavailable:
    """The error that asking `url` ends with."""
    with pytest.raises(Unavailable) as caught:
        http.get(url, {}, {})
    return caught.value


def test_reply(server: Server) -> None:
    """A reply has a status, headers and a body; the query and the headers of a call are sent."""
    reply = Http().get(f"{server.url}/well", {"a": "b c", "n": 1}, {"X-Key": "k"})

    assert reply.status == 200
    assert reply.headers["content-length"] == str(len(reply.body))
    assert reply.body == b"crypto-data-engine/1.0 application/json k"
    assert server.asked == ["/well?a=b+c&n=1"]


def test_session_is_reused(server: Server) -> None:
    """Calls in a row share a connection."""
    http = Http()
    for _ in range(3):
        http.get(f"{server.url}/well", {}, {})

    assert len(server.asked) == 3
    assert len(set(server.connections)) == 1


def test_session_is_lent_to_one(server: Server) -> None:
    """Calls at the same time have a connection each."""
    http = Http()
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda _: http.get(f"{server.url}/together", {}, {}), range(2)))

    assert [reply.body for reply in replies] == [b"both", b"both"]
    assert len(set(server.connections)) == 2


@pytest.mark.parametrize("path", ["large", "bomb"])
def test_too_large(path: str, server: Server) -> None:
    """A body is read up to a limit, counted as it is after decompression, and the next call is well."""
    http = Http(Limits(body=100_000))

    with pytest.raises(BadData):
        http.get(f"{server.url}/{path}", {}, {})
    assert http.get(f"{server.url}/well", {}, {}).body.startswith(b"crypto-data-engine")


def test_drip(server: Server) -> None:
    """A body that keeps coming is cut when the whole answer has taken too long."""
    seconds = count()

    error = failure(Http(Limits(total=3), clock=lambda: next(seconds)), f"{server.url}/large")

    assert error.reason == "Timeout"
    assert next(seconds) == 5


def test_dripping_headers(server: Server) -> None:
    """Headers that keep coming are cut like a body: no caller is held by them."""
    seconds = count()

    error = failure(Http(Limits(total=3), clock=lambda: next(seconds)), f"{server.url}/headers_without_end")

    assert error.reason == "Timeout"


@pytest.mark.parametrize("path", ["hang", "silent"])
def test_silence(path: str, server: Server) -> None:
    """A server that stops speaking is not waited for."""
    assert failure(Http(Limits(read=0.05)), f"{server.url}/{path}").reason == "Timeout"


@pytest.mark.parametrize("path", ["cut", "cut_chunk", "garbled"])
def test_broken_body(path: str, server: Server) -> None:
    """Half an answer is none."""
    assert failure(Http(), f"{server.url}/{path}").reason == "Connection failed"


def test_refused() -> None:
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert failure(Http(), f"http://127.0.0.1:{port}/").reason == "Connection failed"


def test_no_such_url() -> None:
    """What is no URL cannot be reached."""
    assert failure(Http(), "nowhere").reason == "Connection failed"


def test_gzip(server: Server) -> None:
    """Compressed bodies are read as what they were."""
    assert Http().get(f"{server.url}/zipped", {}, {}).body == b"text"


def test_redirect(server: Server) -> None:
    """A redirect is a reply like any other; nobody goes there."""
    assert Http().get(f"{server.url}/moved", {}, {}).status == 302
    assert server.asked == ["/moved"]


def test_proxy(server: Server) -> None:
    """With a proxy, that is who is asked."""
    reply = Http(proxies={"http": server.url}).get("http://upstream.example/well", {}, {})

    assert reply.status == 200
    assert server.asked == ["http://upstream.example/well"]


def test_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of proxies does not count: settings are read in one place."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert Http().get(f"{server.url}/well", {}, {}).status == 200


def test_room(server: Server) -> None:
    """Bodies that are each allowed are refused where all together they would take too much."""
    small = Http(capacity=Capacity(0))
    for _ in range(2):
        with pytest.raises(BadData):
            small.get(f"{server.url}/huge", {}, {})

    assert small.get(f"{server.url}/well", {}, {}).status == 200


def test_announced_size(server: Server) -> None:
    """What says that it is too large is not read at all."""
    with pytest.raises(BadData, match="1000000"):
        Http(Limits(body=10)).get(f"{server.url}/large", {}, {})
