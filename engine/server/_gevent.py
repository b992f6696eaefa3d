"""gunicorn's gevent worker, with one greenlet for each connection."""

import os
import socket
import time
from contextlib import suppress
from types import TracebackType
from typing import Any

import gevent
from gevent.monkey import get_original
from gunicorn.workers.ggevent import GeventWorker

from engine.server._accepted import accept_of
from engine.server._body import TimedBody, is_unread
from engine.server._connections import SPARE, Connections, bounds, limit_streams
from engine.server._ending import EndsOnce
from engine.server._environ import EnvironFactory
from engine.server._frozen_config import FrozenConfig
from engine.server._known_heads import KnownHead, KnownHeads
from engine.server._parsing import Parser, head_capacity
from engine.server._refusing import ErrorResponder, TooManyConnections, linger
from engine.server._response import opening
from engine.server._sending import SLOWEST_READER, Sender
from engine.web.access.callers import Peer
from engine.web.repeated_requests import REPEAT
from engine.web.responses import ADD_TEXT
from engine.web.services import services_of
from engine.web.streaming import TAKEOVER

Socket = get_original("socket", "socket")

GRACE_BEATS = 2
"""Heartbeats (of one second) during which a stopping worker keeps idle connections open."""


class Gevent(EndsOnce, ErrorResponder, GeventWorker):  # type: ignore[misc]
    """A worker with one greenlet for each connection."""

    cfg: Any
    worker_connections: int
    environs: EnvironFactory
    connections: Connections
    _last_beats = 0

    def init_process(self) -> None:
        """Look the settings up once, instead of two dozen times a request."""
        self.cfg = FrozenConfig(self.cfg)
        self.environs = EnvironFactory(self.cfg)
        self.heads = head_capacity()
        self.known = KnownHeads(self.cfg)
        super().init_process()

    def run(self) -> None:
        """Accept connections, a few more than are served."""
        most, most_each = bounds(self.worker_connections, services_of(self.wsgi).settings)
        self.connections = Connections(most, most_each, end)
        limit_streams(services_of(self.wsgi), self.worker_connections)
        self.worker_connections = most + SPARE
        super().run()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve the requests of a connection until either side ends it."""
        with ConnectionScope(self, client, addr):
            client.setblocking(1)
            name = listener.getsockname()
            peer = Peer(addr[0] if isinstance(addr, tuple) else "")
            requests = Parser(self.cfg, client, addr, self.heads, self.known)
            while True:
                requests.unreader.until = time.monotonic() + self.cfg.keepalive
                read = requests.read()
                requests.unreader.until = None
                self.nr += 1
                self.connections.mark_busy(client)
                if isinstance(read, KnownHead) and self._repeat(read, peer, client):
                    gevent.sleep(0)  # lets another connection run, however fast this client sends
                else:
                    self.handle_request(name, requests.request(read), client, addr)
                self.connections.mark_idle(client)

    def _repeat(self, head: KnownHead, peer: Peer, client: Any) -> bool:
        """Answer a repeated head by its function, and return whether it had one with an answer.

        Nothing of the answer is kept afterwards, while other connections run.
        """
        if head.repeat is None or not self.alive or self.connections.extra or self.connections.ending:
            return False
        answer = head.repeat(peer)
        if answer is None:
            return False
        lines = opening(head.version, answer.status, closes=False) + answer.lines
        Sender(client).send(f"{lines}\r\n".encode("latin-1"), answer.body)
        return True

    def notify(self) -> None:
        """Close idle connections once this worker stops, because they would delay its end.

        Clients that reuse a connection have a moment to do so, and their answer announces the end.
        """
        super().notify()
        if not self.alive:
            self._last_beats += 1
            for client in self.connections.idle if self._last_beats > GRACE_BEATS else ():
                end(client)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Serve one request of a client that reads its answer in time: gunicorn's own way, with fewer steps.

        gunicorn's access log, hooks and upgrades are left out, and nothing is prepared for them.
        """
        gevent.sleep(0)  # lets another connection run, however fast this client sends
        sock.settimeout(SLOWEST_READER)
        if is_unread(req.body):
            req.body = TimedBody(req.body.reader)
        try:
            if self.connections.extra:
                self._serve_health_alone(req, sock)
            response, environ = self.environs.create(req, sock, addr, listener_name)
            if not self.alive or sock in self.connections.ending:
                response.force_close()
            environ["engine.detachable"] = True
            if (known := getattr(req, "known", None)) is not None:
                environ[REPEAT] = None
            environ[ADD_TEXT] = response.add_text
            parts = self.wsgi(environ, response.start_response)
            if (takeover := environ.get(TAKEOVER)) is not None:
                takeover(_detached(sock), response.status, response.headers)
                raise StopIteration
            try:
                for part in parts:
                    response.write(part)
                response.close()
            finally:
                if hasattr(parts, "close"):
                    parts.close()
            if is_unread(req.body):
                linger(sock)
        except TimeoutError as late:
            raise StopIteration from late  # gunicorn's signal for the end of a connection
        finally:
            sock.settimeout(None)
        if response.should_close():
            raise StopIteration
        if known is not None:
            known.repeat = environ[REPEAT]

    def _serve_health_alone(self, req: Any, sock: Any) -> None:
        """Refuse other requests on a connection beyond the limit. Raises `TooManyConnections`."""
        if not self.connections.admits(sock, req.path):
            raise TooManyConnections(accept_of(req))
        if sock in self.connections.extra:
            req.force_close()


class ConnectionScope:
    """Counts a connection, and handles every error that ends it: the boundary for unexpected errors."""

    def __init__(self, worker: Gevent, client: Any, address: Any) -> None:
        self._worker = worker
        self._client = client
        self._address = address

    def __enter__(self) -> None:
        self._worker.connections.add(self._client, self._address)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        try:
            if isinstance(error, StopIteration | OSError):
                self._worker.log.debug("connection closed: %s", type(error).__name__)
                return True
            if isinstance(error, Exception):
                self._worker.handle_error(None, self._client, self._address, error)
                return True
            return False
        finally:
            self._worker.connections.remove(self._client)
            self._client.close()


def _detached(client: Any) -> Any:
    """Return a socket for the same connection, which outlives the worker's own and waits for no greenlet."""
    return Socket(fileno=os.dup(client.fileno()))


def end(client: Any) -> bool:
    """Close the reading side of an idle connection; data that has arrived can still be read."""
    with suppress(OSError), socket.fromfd(client.fileno(), client.family, client.type) as same:
        same.shutdown(socket.SHUT_RD)
    return True
