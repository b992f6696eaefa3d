"""gunicorn's worker in this process, over a simulated connection."""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import gevent
import pytest
from gevent.event import Event
from gunicorn.config import Config
from gunicorn.http import wsgi as plain
from gunicorn.http.errors import InvalidResponseHeader, LimitRequestLine
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import IterUnreader

from engine import create_app
from engine.server import Gevent
from engine.server._body import SLOWEST_SENDER, TimedBody
from engine.server._connections import Connections
from engine.server._environ import EnvironFactory
from engine.server._known_heads import KnownHead, KnownHeads
from engine.server._parsing import Parser, head_capacity
from engine.server._refusing import LINGER
from engine.server._response import BufferedResponse
from engine.server._sending import PROGRESS, SLOWEST_READER, Sender
from engine.web.bodies import LateBody
from engine.web.repeated_requests import Repeated

HERE = ("127.0.0.1", 8000)
THERE = ("::1", 8001)
PROXIED = ("client_addr", "client_port", "proxy_addr", "proxy_port")
TURNS = 3


class Connection:
    """A client that repeats its request and keeps the answers."""

    def __init__(self, path: str, takes: int | None = None, more: str = "\r\n") -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: x\r\n{more}".encode()
        self._takes = takes
        self._timeout: float | None = None
        self.answers: list[bytes] = []
        self.rests: list[tuple[bytes, float | None]] = []

    def recv(self, _: int) -> bytes:
        """Return the request again."""
        return self._request

    def send(self, data: bytes) -> int:
        """Keep the bytes that fit at once."""
        assert self._timeout == 0, "the socket blocks"
        if self._takes == 0:
            raise BlockingIOError
        self.answers.append(data[: self._takes])
        return len(self.answers[-1])

    def sendall(self, data: bytes) -> None:
        """Keep the rest with the timeout for it."""
        self.rests.append((bytes(data), self._timeout))

    def setblocking(self, _: bool) -> None:
        """Ignore that calls may wait."""

    def close(self) -> None:
        """Ignore the end of the connection."""

    def shutdown(self, _: int) -> None:
        """Ignore the end of requests."""

    def settimeout(self, seconds: float | None) -> None:
        """Set the timeout."""
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        """Return the timeout."""
        return self._timeout


class Worker(Gevent):
    """A worker without its own process."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]]) -> None:
        self.cfg = Config()
        self.environs = EnvironFactory(self.cfg)
        self.connections = Connections(TURNS, 0, lambda client: True)
        self.wsgi = wsgi
        self.log = logging.getLogger(__name__)
        self.alive = True
        self.nr = 0

    def serve(self, connection: Connection) -> None:
        """Serve a few requests as fast as possible."""
        requests = RequestParser(self.cfg, connection, HERE)
        for _ in range(TURNS):
            self.handle_request(HERE, next(requests), connection, HERE)


def test_connections_take_turns() -> None:
    """Connections take turns, so that a client waits for at most one answer of a faster client."""
    served: list[str] = []

    def wsgi(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        served.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    worker = Worker(wsgi)
    gevent.joinall([gevent.spawn(worker.serve, Connection(path)) for path in ("/a", "/b")], raise_error=True)

    assert served == ["/a", "/b"] * TURNS


def test_nothing_of_an_answer_is_kept_while_others_run() -> None:
    """While another connection has its turn, the one before holds no answer, and counts as busy."""
    body = bytes(20_000)
    connection, config = Connection("/"), Config()
    config.set("forwarded_allow_ips", "*")
    worker = Worker(lambda environ, start_response: [])
    worker.heads, worker.known = head_capacity(), KnownHeads(config)
    requests = Parser(config, connection, HERE, worker.heads, worker.known)
    next(requests)
    known = requests.read()
    assert isinstance(known, KnownHead)
    known.repeat = lambda peer: Repeated("200 OK", f"Content-Length: {len(body)}\r\n", body)
    expected = sys.getrefcount(body)
    turns = []

    def other() -> None:
        turns.append((sys.getrefcount(body) - expected - connection.answers.count(body), connection in idle))

    idle = worker.connections.idle
    serving = gevent.spawn(worker.handle, SimpleNamespace(getsockname=lambda: HERE), connection, HERE)
    for _ in range(TURNS):
        gevent.sleep(0)
        other()
    serving.kill()

    assert len(connection.answers) >= 2 * TURNS, "the head and the body are sent apart"
    assert turns == [(0, False)] * TURNS


def test_the_fastest_client_ends_with_its_next_answer() -> None:
    """A connection that makes room for another ends, although its next request has always arrived already."""

    def wsgi(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    config = Config()
    config.set("forwarded_allow_ips", "*")
    worker = Worker(wsgi)
    worker.connections = Connections(1, 0, lambda client: True)
    worker.heads, worker.known = head_capacity(), KnownHeads(config)
    client = Connection("/")
    serving = gevent.spawn(worker.handle, SimpleNamespace(getsockname=lambda: HERE), client, HERE)
    gevent.sleep(0)
    found = worker.known.find(client.recv(1))
    assert found is not None
    found.repeat = lambda peer: Repeated("200 OK", "Content-Length: 2\r\n", b"ok")
    worker.connections.mark_idle(client)  # the other connects after this answer, before the next request
    worker.connections.add("another", HERE)
    for _ in range(TURNS):
        gevent.sleep(0)
    served = [answer for answer in client.answers if b"Connection: " in answer]

    assert serving.dead
    assert [b"Connection: close\r\n" in answer for answer in served] == [False] * (len(served) - 1) + [True]
    assert worker.connections.extra == set()


def test_an_answer_is_one_piece() -> None:
    """The header and the body are sent by one system call, also for a 304."""

    def wsgi(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        has_it = environ["PATH_INFO"] == "/304"
        start_response(
            "304 NOT MODIFIED" if has_it else "200 OK", [] if has_it else [("Content-Length", "2")]
        )
        return [] if has_it else [b"ok"]

    for path, end in (("/200", b"\r\n\r\nok"), ("/304", b"\r\n\r\n")):
        connection = Connection(path)
        Worker(wsgi).serve(connection)
        assert len(connection.answers) == TURNS
        assert all(answer.endswith(end) for answer in connection.answers)


@pytest.mark.parametrize("takes", [0, 7])
def test_a_slow_reader_has_one_time_for_the_rest(takes: int) -> None:
    """Bytes that the system does not accept at once are sent within the time limit for an answer."""

    def wsgi(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    quick, slow = Connection("/"), Connection("/", takes)
    for connection in (quick, slow):
        Worker(wsgi).serve(connection)

    assert quick.rests == []
    assert {seconds for _, seconds in slow.rests} == {SLOWEST_READER}
    whole = quick.answers[0].partition(b"Date:")[0]
    for number, (rest, _) in enumerate(slow.rests):
        begun = slow.answers[number] if takes else b""
        assert (begun + rest).startswith(whole)
        assert rest.endswith(b"\r\n\r\nok")


def test_an_answer_in_parts_has_one_time() -> None:
    """An answer in several parts has one time limit, which slow reading does not extend."""
    moments = iter([100.0, 120.0, 130.0])
    connection = Connection("/", takes=0)
    response = BufferedResponse(next(RequestParser(Config(), connection, HERE)), connection, Config())
    response.sender = Sender(connection, lambda: next(moments))
    response.start_response("200 OK", [])
    response.write(b"one")
    response.write(b"more")

    with pytest.raises(TimeoutError):
        response.close()
    assert [seconds for _, seconds in connection.rests] == [SLOWEST_READER, SLOWEST_READER - 20]
    assert connection.rests[0][0].endswith(b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
    assert connection.rests[1][0] == b"4\r\nmore\r\n"


def test_a_long_answer_has_its_time_for_each_part() -> None:
    """A slow reader that takes 64 KB within the time limit gets the limit anew for the next part."""
    moments = iter([100.0, 125.0, 150.0, 175.0])
    connection = Connection("/", takes=0)
    response = BufferedResponse(next(RequestParser(Config(), connection, HERE)), connection, Config())
    response.sender = Sender(connection, lambda: next(moments))
    response.start_response("200 OK", [("Content-Length", f"{3 * PROGRESS}")])
    response.write(bytes(3 * PROGRESS))

    assert [seconds for _, seconds in connection.rests[1:]] == [5.0, SLOWEST_READER, SLOWEST_READER]


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nb", "a\0b", "a\x7fb", "\u2028"])
def test_no_header_holds_another(value: str) -> None:
    """A header's value that contains the end of a line is refused."""
    response = BufferedResponse(
        next(RequestParser(Config(), Connection("/"), HERE)), Connection("/"), Config()
    )
    for name in ("X-Request-ID", "X-Another"):
        with pytest.raises(InvalidResponseHeader):
            response.process_headers([("Content-Length", "2"), (name, value)])


def test_a_body_has_one_time() -> None:
    """A body has one time limit, which slow sending does not extend, and the received part is read."""
    moments = iter([100.0, 100.0 + SLOWEST_SENDER, 100.0 + SLOWEST_SENDER])
    sent: Iterator[Callable[[], object]] = iter([lambda: b"some", Event().wait])

    class Dripping:
        def read(self, _: int) -> object:
            return next(sent)()

    body = TimedBody(Dripping(), lambda: next(moments))

    with pytest.raises(LateBody):
        body.read(8)
    assert body.failed, "what follows on the connection is no request"


@pytest.mark.parametrize(
    ("more", "timed"),
    [("\r\n", False), ("Content-Length: 2\r\n\r\nok", True), ("Content-Length: 0\r\n\r\n", False)],
)
def test_every_body_is_read_so(more: str, timed: bool) -> None:
    """Every request with a body has a time limit for it, and others have no such object."""
    read: list[object] = []

    def wsgi(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        read.append(environ["wsgi.input"])
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    connection = Connection("/", more=more)
    worker = Worker(wsgi)
    with suppress(StopIteration):
        worker.handle_request(HERE, next(RequestParser(worker.cfg, connection, HERE)), connection, HERE)

    assert [isinstance(body, TimedBody) for body in read] == [timed]


def test_a_refusal_has_its_time() -> None:
    """The answer to an invalid request has a time limit for clients that read nothing."""
    connection = Connection("/")
    worker = Worker(create_app(log_level="ERROR", cache_warming_enabled=False))
    client: Any = connection
    worker.handle_error(None, client, HERE, LimitRequestLine(9_000, 8_190))

    [(refusal, seconds)] = connection.rests
    assert refusal.startswith(b"HTTP/1.1 414 ")
    assert seconds == LINGER


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"HEAD /a%20b%C3%A9/../c;d?e=%20&f#g HTTP/1.0\r\n\r\n",
        b"GET http://other/path?query HTTP/1.1\r\nHost: y\r\nAccept: a\r\nAccept: b\r\nACCEPT: c\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 2\r\nX-A-B: \xe9\r\n\r\nok",
        b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"PUT /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
        b"GET / HTTP/1.1\r\nHost: x\r\nA_B: dropped\r\nRemote-Addr: 1.2.3.4\r\nConnection: close\r\n\r\n",
    ],
)
@pytest.mark.parametrize(
    ("client", "server", "proxied"),
    [
        (HERE, THERE, {}),
        ("", "/run/engine.sock", {}),
        (HERE, THERE, {"proxy_protocol": "TCP4"} | dict.fromkeys(PROXIED, "7")),
    ],
    ids=["over TCP", "over a unix socket", "over a proxy's protocol"],
)
@pytest.mark.parametrize("mounted", ["", "/"])
def test_an_application_gets_what_gunicorn_gives(
    monkeypatch: pytest.MonkeyPatch,
    request_: bytes,
    client: object,
    server: object,
    proxied: dict[str, str],
    mounted: str,
) -> None:
    """The application gets gunicorn's values except for an unused hint, and `100 Continue` is sent."""
    monkeypatch.setenv("SCRIPT_NAME", mounted)
    config = Config()
    connection = Connection("/")
    connection.settimeout(0.0)
    environs = EnvironFactory(config)
    for _ in range(2):
        read = Request(config, IterUnreader([request_]), client)
        read.proxy_protocol_info = proxied
        _, theirs = plain.create(read, connection, client, server, config)
        _, ours = environs.create(read, connection, client, server)

        for environ in (ours, theirs):
            environ.pop("wsgi.early_hints", None)
            assert environ.pop("wsgi.errors").write
        assert ours == theirs | {"wsgi.multithread": True}
    assert len(connection.answers) == (4 if b"100-continue" in request_ else 0)
