"""A server that sends fixed bytes to every client, including bytes that are not HTTP."""

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Self

SECONDS = 10


class Raw:
    """A server that sends `answer(n)` for a connection's `n`-th request, and closes it if that is empty."""

    def __init__(self, answer: Callable[[int], bytes]) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads: list[Thread] = []
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    @classmethod
    def of(cls, *parts: bytes) -> Self:
        """Return a server that sends `parts` to the first request of each connection, and closes it."""
        return cls(lambda number: b"" if number else b"".join(parts))

    def __enter__(self) -> Self:
        self._start(self._listen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._socket, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(SECONDS)

    def _start(self, run: Callable[..., None], *arguments: object) -> None:
        thread = Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                self._start(self._serve, self._socket.accept()[0])

    def _serve(self, connection: socket.socket) -> None:
        self._open.append(connection)
        with connection, suppress(OSError):
            connection.settimeout(SECONDS)
            number = 0
            while request := connection.recv(65_536):
                self.requests.append(request)
                if not (answer := self._answer(number)):
                    break
                connection.sendall(answer)
                if number == 0 and not self._answer(1):
                    connection.shutdown(socket.SHUT_WR)
                number += 1
