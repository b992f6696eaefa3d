"""Requests as raw bytes, from any address of this machine."""

import json
import socket
from dataclasses import dataclass
from typing import Any

from tests.running import Engine

HOST = b"Host: x\r\n"
CLOSE = HOST + b"Connection: close\r\n"


@dataclass(frozen=True)
class Told:
    """What a client is told."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> Any:
        """Of a failure in the one body."""
        answer = json.loads(self.body)
        assert answer["success"] is False
        return answer["error"]


def connect(engine: Engine, address: str = "127.0.0.1", seconds: float = 20) -> socket.socket:
    """A connection from `address`, which is one of loopback's."""
    return socket.create_connection(("127.0.0.1", engine.port), timeout=seconds, source_address=(address, 0))


def send(engine: Engine, request: bytes, address: str = "127.0.0.1") -> Told:
    """The answer to raw bytes, after which the connection ends."""
    with connect(engine, address) as connection:
        connection.sendall(request)
        return read(connection)


def read(connection: socket.socket) -> Told:
    """What is told until the connection ends."""
    answer = b""
    try:
        while some := connection.recv(65_536):
            answer += some
    except ConnectionResetError:  # something that was sent was not read
        assert answer
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return Told(int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body)


def has_ended(connection: socket.socket) -> bool:
    """Whether the server has ended it, as far as is known at this moment."""
    connection.settimeout(0)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
