"""A proxy between the engine and Redis that counts round trips, and can delay or replace replies."""

import socket
import socketserver
import threading
from typing import cast

from tests.redis_server import RedisServer


class RedisProxy:
    """A context manager with a server in front of a Redis. Without a fault it forwards all bytes."""

    def __init__(self, server: RedisServer) -> None:
        self.round_trips = 0
        """How often the engine has sent commands and then waited for the replies."""
        self.delay = 0.0
        """Seconds to delay each reply."""
        self.garbage: bytes | None = None
        """The bytes to send instead of each reply."""
        self._closed = threading.Event()
        self._forwarding = threading.Event()
        self._forwarding.set()
        self._redis = server.port
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.proxy = self
        self.url = f"redis://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "RedisProxy":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._forwarding.set()
        self._server.shutdown()
        self._server.server_close()

    def hang(self) -> None:
        """Hold back all replies from now on."""
        self._forwarding.clear()

    def serve(self, client: socket.socket) -> None:
        """Forward commands to Redis, and replies to the client."""
        answered = threading.Event()
        answered.set()
        with socket.create_connection(("127.0.0.1", self._redis)) as redis:
            threading.Thread(target=self._reply, args=(redis, client, answered), daemon=True).start()
            while data := client.recv(1 << 20):
                self.round_trips += answered.is_set()  # a long command arrives in several pieces
                answered.clear()
                redis.sendall(data)

    def _reply(self, redis: socket.socket, client: socket.socket, answered: threading.Event) -> None:
        try:
            while data := redis.recv(1 << 20):
                answered.set()
                self._forwarding.wait()
                self._closed.wait(self.delay)
                client.sendall(data if self.garbage is None else self.garbage)
        except OSError:
            return  # one side has disconnected


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    proxy: RedisProxy


class _Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Serve one connection until one side disconnects."""
        try:
            cast(_Server, self.server).proxy.serve(self.request)
        except OSError:
            return
