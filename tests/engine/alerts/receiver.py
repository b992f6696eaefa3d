"""A receiver of webhooks on loopback, which answers with the bytes that a test sets."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

CERTIFICATE = Path(__file__).parent / "receiver.pem"
"""A self-signed certificate for `receiver.example`, with its key."""
OK = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
Answer = Callable[[socket.socket], None]


class Receiver:
    """Answers each connection with `answer`, and keeps the requests."""

    def __init__(self, listener: socket.socket, context: ssl.SSLContext | None) -> None:
        self.port: int = listener.getsockname()[1]
        self.answer: bytes | Answer = OK
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = listener
        self._context = context

    def run(self) -> None:
        """Serve one connection after the other until the listener is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with suppress(OSError), connection:
                self._serve(connection)

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(5)
        connection = self._context.wrap_socket(plain, server_side=True) if self._context else plain
        with connection:
            received = connection.recv(65536)
            if not received.startswith(b"POST "):
                return
            head, _, body = received.partition(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line[:15] == b"Content-Length:")
            while len(body) < length:
                more = connection.recv(65536)
                received, body = received + more, body + more
            self.requests.append(received)
            if callable(self.answer):
                self.answer(connection)
            else:
                connection.sendall(self.answer)


@contextmanager
def receiver(*, secure: bool = False) -> Iterator[Receiver]:
    """Run a receiver on a free port."""
    context = None
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = Receiver(listener, context)
        thread = Thread(target=running.run, daemon=True)
        thread.start()
        yield running
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
