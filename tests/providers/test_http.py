"""The HTTP client with a real server on loopback."""

import gzip
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from queue import SimpleQueue
from threading import Barrier, Event, Thread

import pytest

from providers import BadData, Capacity, Http, Limits, Unavailable
from providers._http import IDLE_SECONDS
from tests.clock import Clock

WAIT = 10
"""Seconds after which a hanging test fails. No test takes that long."""


class Server(ThreadingHTTPServer):
    """A server that records its requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: list[str] = []
        self.connections: list[int] = []
        self.ended: SimpleQueue[int] = SimpleQueue()
        self.released = Event()
        self.pair = Barrier(2)

    def handle_error(self, *args: object) -> None:
        """Ignore clients that close their connection."""


class Handler(BaseHTTPRequestHandler):
    """A handler whose response depends on the path."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Call the method that the path names."""
        self.server.asked.append(self.path)
        self.server.connections.append(self.client_address[1])
        getattr(self, self.path.split("?")[0].rpartition("/")[2])()

    def finish(self) -> None:
        """Record the end of a connection."""
        super().finish()
        self.server.ended.put(self.client_address[1])

    def log_message(self, *args: object) -> None:
        """Discard the log."""

    def answer(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        """Send a complete response, or one with another `Content-Length`."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def well(self) -> None:
        """Send the request's headers as the body."""
        sent = f"{self.headers['User-Agent']} {self.headers['Accept']} {self.headers['X-Key']}"
        self.answer(sent.encode())

    def large(self) -> None:
        """Send a megabyte."""
        self.answer(b"x" * 1_000_000)

    def huge(self) -> None:
        """Send three megabytes."""
        self.answer(b"x" * 3_000_000)

    def bomb(self) -> None:
        """Send a compressed megabyte, a thousandth of its size."""
        self.answer(gzip.compress(b"x" * 1_000_000), Content_Encoding="gzip")

    def zipped(self) -> None:
        """Send a short compressed text."""
        self.answer(gzip.compress(b"text"), Content_Encoding="gzip")

    def garbled(self) -> None:
        """Send an uncompressed body as gzip."""
        self.answer(b"text", Content_Encoding="gzip")

    def cut(self) -> None:
        """Send half of the announced body, and close the connection."""
        self.answer(b"half", length=8)
        self.close_connection = True

    def cut_chunk(self) -> None:
        """Send an endless chunk."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"8\r\nhalf")
        self.close_connection = True

    def headers_without_end(self) -> None:
        """Send headers without end."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with suppress(OSError):
            for _ in range(100_000):
                self.wfile.write(b"X")
        self.close_connection = True

    def hang(self) -> None:
        """Send half of the announced body, and nothing more."""
        self.answer(b"half", length=8)
        self.server.released.wait(WAIT)
        self.close_connection = True

    def silent(self) -> None:
        """Send no response."""
        self.server.released.wait(WAIT)
        self.close_connection = True

    def moved(self) -> None:
        """Send a redirect."""
        self.answer(b"", 302, Location="/well")

    def together(self) -> None:
        """Wait for two concurrent requests."""
        self.server.pair.wait(WAIT)
        self.answer(b"both")


@pytest.fixture
def server() -> Iterator[Server]:
    """Yield a server for one test."""
    with Server() as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.released.set()
        running.shutdown()
        thread.join()


def failure(http: Http, url: str) -> Unavailable:
    """Return the error that a request to `url` raises."""
    with pytest.raises(Unavailable) as caught:
        http.get(url, {}, {})
    return caught.value


def test_reply(server: Server) -> None:
    """A call sends its query and headers, and returns the status, headers and body."""
    reply = Http().get(f"{server.url}/well", {"a": "b c", "n": 1}, {"X-Key": "k"})

    assert reply.status == 200
    assert reply.headers["content-length"] == str(len(reply.body))
    assert reply.body == b"crypto-data-engine/1.0 application/json k"
    assert server.asked == ["/well?a=b+c&n=1"]


def test_session_is_reused(server: Server) -> None:
    """Consecutive calls share a connection."""
    http = Http()
    for _ in range(3):
        http.get(f"{server.url}/well", {}, {})

    assert len(server.asked) == 3
    assert len(set(server.connections)) == 1


def test_session_is_lent_to_one(server: Server) -> None:
    """Concurrent calls have separate connections."""
    http = Http()
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda _: http.get(f"{server.url}/together", {}, {}), range(2)))

    assert [reply.body for reply in replies] == [b"both", b"both"]
    assert len(set(server.connections)) == 2


def test_idle_connections_are_closed(server: Server) -> None:
    """Connections that a burst has opened are closed once they were unused for a while, others are kept."""
    clock = Clock()
    http = Http(clock=clock)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: http.get(f"{server.url}/together", {}, {}), range(2)))
    opened = set(server.connections)
    for _ in range(2):
        clock.advance(IDLE_SECONDS * 0.6)
        http.get(f"{server.url}/well", {}, {})
    kept = server.connections[-1]

    assert {server.ended.get(timeout=WAIT)} == opened - {kept}
    assert server.connections[2:] == [kept, kept]


@pytest.mark.parametrize("path", ["large", "bomb"])
def test_too_large(path: str, server: Server) -> None:
    """A body is read up to a limit on its decompressed size, and the next call works."""
    http = Http(Limits(body=100_000))

    with pytest.raises(BadData):
        http.get(f"{server.url}/{path}", {}, {})
    assert http.get(f"{server.url}/well", {}, {}).body.startswith(b"crypto-data-engine")


def test_drip(server: Server) -> None:
    """An endless body is cut off at the deadline."""
    seconds = count()

    error = failure(Http(Limits(total=3), clock=lambda: next(seconds)), f"{server.url}/large")

    assert error.reason == "Timeout"
    assert next(seconds) == 5


def test_dripping_headers(server: Server) -> None:
    """Endless headers are cut off at the deadline."""
    seconds = count()

    error = failure(Http(Limits(total=3), clock=lambda: next(seconds)), f"{server.url}/headers_without_end")

    assert error.reason == "Timeout"


@pytest.mark.parametrize("path", ["hang", "silent"])
def test_silence(path: str, server: Server) -> None:
    """A server that stops sending is a timeout."""
    assert failure(Http(Limits(read=0.05)), f"{server.url}/{path}").reason == "Timeout"


@pytest.mark.parametrize("path", ["cut", "cut_chunk", "garbled"])
def test_broken_body(path: str, server: Server) -> None:
    """A truncated or undecodable body is a failure."""
    assert failure(Http(), f"{server.url}/{path}").reason == "Connection failed"


def test_refused() -> None:
    """A refused connection is a failure."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert failure(Http(), f"http://127.0.0.1:{port}/").reason == "Connection failed"


def test_no_such_url() -> None:
    """An invalid URL is a failure of the connection."""
    assert failure(Http(), "nowhere").reason == "Connection failed"


def test_gzip(server: Server) -> None:
    """Compressed bodies are decompressed."""
    assert Http().get(f"{server.url}/zipped", {}, {}).body == b"text"


def test_redirect(server: Server) -> None:
    """A redirect is returned and not followed."""
    assert Http().get(f"{server.url}/moved", {}, {}).status == 302
    assert server.asked == ["/moved"]


def test_proxy(server: Server) -> None:
    """A configured proxy gets the requests."""
    reply = Http(proxies={"http": server.url}).get("http://upstream.example/well", {}, {})

    assert reply.status == 200
    assert server.asked == ["http://upstream.example/well"]


def test_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies of the environment are ignored, since only the settings count."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert Http().get(f"{server.url}/well", {}, {}).status == 200


def test_capacity(server: Server) -> None:
    """Bodies within their own limit are refused beyond the common capacity."""
    small = Http(capacity=Capacity(0))
    for _ in range(2):
        with pytest.raises(BadData):
            small.get(f"{server.url}/huge", {}, {})

    assert small.get(f"{server.url}/well", {}, {}).status == 200


def test_announced_size(server: Server) -> None:
    """A body that announces too many bytes is refused unread."""
    with pytest.raises(BadData, match="1000000"):
        Http(Limits(body=10)).get(f"{server.url}/large", {}, {})
