"""Requests as raw bytes, from any loopback address."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.running import Engine
from tests.waiting import LONGEST

HOST = b"Host: x\r\n"
CLOSE = HOST + b"Connection: close\r\n"
USUAL = CLOSE + b"Accept-Encoding: gzip, deflate\r\n"


@dataclass(frozen=True)
class Response:
    """A response as a client receives it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> Any:
        """Return the error in the common format."""
        answer = json.loads(self.body)
        assert answer["success"] is False
        return answer["error"]


def connect(engine: Engine, address: str = "127.0.0.1", seconds: float = LONGEST) -> socket.socket:
    """Connect from `address`, which is on loopback.

    Each answer may take `seconds`, since a busy machine may have thousands of others to give before it.
    """
    return socket.create_connection(("127.0.0.1", engine.port), timeout=seconds, source_address=(address, 0))


def send(engine: Engine, request: bytes, address: str = "127.0.0.1", seconds: float = LONGEST) -> Response:
    """Send raw bytes and return the response, after which the connection ends."""
    with connect(engine, address, seconds) as connection:
        connection.sendall(request)
        return read(connection)


def get(engine: Engine, path: str, headers: Mapping[str, str] | None = None, seconds: float = 20) -> Response:
    """Request a path over a new connection, so that any worker may answer, and take complete bodies alone.

    The body is compressed if the server compresses it, as for most clients.

    A request costs a tenth of one by `requests`, which costs more than the server: use it for many requests.
    """
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    request = f"GET {path} HTTP/1.1\r\n".encode() + USUAL + f"{lines}\r\n".encode()
    response = send(engine, request, seconds=seconds)
    assert len(response.body) == int(response.headers["Content-Length"])
    return response


def read(connection: socket.socket) -> Response:
    """Read a response until the connection ends."""
    answer = b""
    try:
        while some := connection.recv(65_536):
            answer += some
    except ConnectionResetError:  # something that was sent was not read
        assert answer
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return Response(int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body)


def has_ended(connection: socket.socket) -> bool:
    """Return whether the server has closed the connection, as far as is known now."""
    connection.settimeout(0)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
