"""gunicorn's threaded worker, with one thread for each request and none for idle connections."""

import errno
import selectors
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from engine.server._accepted import accept_of
from engine.server._body import SLOWEST_SENDER, CheckedBody, is_unread
from engine.server._connections import SPARE, Connections, bounds
from engine.server._ending import EndsOnce
from engine.server._known_heads import KnownHeads
from engine.server._parsing import Parser, head_capacity
from engine.server._refusing import ErrorResponder, TooManyConnections
from engine.server._sending import SLOWEST_READER
from engine.web.services import services_of

SLOWEST_HEAD = 10.0
"""Seconds from the first byte of a request until its head must be complete, because a thread waits for it."""


class Connection(TConn):  # type: ignore[misc]
    """A connection that `connections` counts."""

    def __init__(self, connections: Connections, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.connections = connections
        self.has_ended = False

    def set_timeout(self) -> None:
        """Become idle until the next request, or until the keep-alive time is over."""
        super().set_timeout()
        self.connections.mark_idle(self)

    def close(self, graceful: bool = False) -> None:
        """Close the connection."""
        self.has_ended = True
        self.connections.remove(self)
        super().close(graceful)


class Gthread(EndsOnce, ErrorResponder, ThreadWorker):  # type: ignore[misc]
    """A worker with one thread for each request."""

    cfg: Any
    worker_connections: int
    connections: Connections

    def init_process(self) -> None:
        """Start the process."""
        self.heads = head_capacity()
        self.known = KnownHeads(self.cfg)
        super().init_process()

    def run(self) -> None:
        """Accept connections, a few more than are served."""
        most, most_each = bounds(self.worker_connections, services_of(self.wsgi).settings)
        self.connections = Connections(most, most_each, self._end)
        self.worker_connections = most + SPARE
        super().run()

    def accept(self, listener: Any) -> None:
        """Accept a connection, which needs no thread before its first request."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        conn = Connection(self.connections, self.cfg, client, address, listener.getsockname())
        conn.parser = Parser(self.cfg, client, address, self.heads, self.known)
        self.connections.add(conn, address)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(client, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: Connection, client: Any) -> None:
        """Serve the first request, unless the connection has just been closed."""
        if not conn.has_ended:
            super().on_pending_socket_readable(conn, client)

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:
        """Serve the next request, unless the connection has just been closed."""
        if not conn.has_ended:
            super().on_client_socket_readable(conn, client)

    def enqueue_req(self, conn: Connection) -> None:
        """Hand a connection with incoming data to a thread."""
        self.connections.mark_busy(conn)
        super().enqueue_req(conn)

    def handle(self, conn: Connection) -> Any:
        """Serve one request, whose head must arrive in time."""
        conn.parser.unreader.until = time.monotonic() + min(SLOWEST_HEAD, self.cfg.keepalive)
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Serve a request of a client that sends its body and reads its answer in time."""
        if not self.connections.admits(conn, req.path):
            raise TooManyConnections(accept_of(req))
        if conn in self.connections.extra:
            req.force_close()
        conn.parser.unreader.until = time.monotonic() + SLOWEST_SENDER if is_unread(req.body) else None
        conn.sock.settimeout(SLOWEST_READER)
        req.body = CheckedBody(req.body.reader)
        try:
            return super().handle_request(req, conn)
        except TimeoutError as late:
            raise StopIteration from late

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """Close the connection after a request whose body is unread: it may be endless."""
        return bool(keepalive) and not is_unread(conn.parser.mesg.body)

    def _cap_keepalive(self, deadline: float) -> None:
        """Let connections without a request end with the worker, too."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _end(self, conn: Connection) -> bool:
        """Close an idle connection, which is in one of two queues, unless data has arrived on it."""
        with suppress(OSError):
            if conn.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                return False
        for queue in (self.pending_conns, self.keepalived_conns):
            with suppress(ValueError):
                queue.remove(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()
        return True
