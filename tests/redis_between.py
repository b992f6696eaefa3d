"""What may stand between the engine and Redis: it counts, delays, swallows or garbles what Redis says."""

import socket
import socketserver
import threading
from typing import cast

from tests.redis_server import RedisServer


class Between:
    """A server in front of a Redis; a context manager. Without a fault it passes everything on."""

    def __init__(self, server: RedisServer) -> None:
        self.asked = 0
        """How often the engine has asked something, and then waited for what comes back."""
        self.seconds = 0.0
        """How long each answer is held back."""
        self.garbage: bytes | None = None
        """What is said instead of any answer."""
        self._over = threading.Event()
        self._going_on = threading.Event()
        self._going_on.set()
        self._redis = server.port
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.between = self
        self.url = f"redis://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Between":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._going_on.set()
        self._server.shutdown()
        self._server.server_close()

    def hang(self) -> None:
        """Say nothing any more."""
        self._going_on.clear()

    def serve(self, client: socket.socket) -> None:
        """Carry questions to Redis and answers back."""
        answered = threading.Event()
        answered.set()
        with socket.create_connection(("127.0.0.1", self._redis)) as redis:
            threading.Thread(target=self._back, args=(redis, client, answered), daemon=True).start()
            while data := client.recv(1 << 20):
                self.asked += answered.is_set()  # a long question comes in several pieces
                answered.clear()
                redis.sendall(data)

    def _back(self, redis: socket.socket, client: socket.socket, answered: threading.Event) -> None:
        try:
            while data := redis.recv(1 << 20):
                answered.set()
                self._going_on.wait()
                self._over.wait(self.seconds)
                client.sendall(data if self.garbage is None else self.garbage)
        except OSError:
            return  # either side has gone


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    between: Between


class _Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Serve one connection until either side has gone."""
        try:
            cast(_Server, self.server).between.serve(self.request)
        except OSError:
            return
