"""gunicorn's worker in this process, over a connection that is none."""

from collections.abc import Callable, Iterable
from typing import Any

import gevent
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from engine.workers import Gevent

HERE = ("127.0.0.1", 8000)
TURNS = 3


class Connection:
    """A client that asks for the same again and again, and keeps what it is told."""

    def __init__(self, path: str) -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        self.answers: list[bytes] = []

    def recv(self, _: int) -> bytes:
        """The request once more."""
        return self._request

    def sendall(self, data: bytes) -> None:
        """Keep it."""
        self.answers.append(data)

    def settimeout(self, _: float | None) -> None:
        """Nobody waits here."""


class Worker(Gevent):
    """As gunicorn makes it, without a process of its own."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]]) -> None:
        self.cfg = Config()
        self.wsgi = wsgi
        self.alive = True
        self.nr = 0

    def serve(self, connection: Connection) -> None:
        """A few requests, as fast as they can be answered."""
        requests = RequestParser(self.cfg, connection, HERE)
        for _ in range(TURNS):
            self.handle_request(HERE, next(requests), connection, HERE)


def test_connections_take_turns() -> None:
    """Whoever asks fast makes nobody wait for more than one answer."""
    served: list[str] = []

    def wsgi(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        served.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    worker = Worker(wsgi)
    gevent.joinall([gevent.spawn(worker.serve, Connection(path)) for path in ("/a", "/b")], raise_error=True)

    assert served == ["/a", "/b"] * TURNS


def test_an_answer_is_one_piece() -> None:
    """Header and body in one call of the system; and a 304 in one as well."""

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
