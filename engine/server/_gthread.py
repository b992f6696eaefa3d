"""gunicorn's worker with threads: one for each request, none for a connection that is silent."""

import errno
import selectors
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from engine.server._body import SLOWEST_SENDER, CheckedBody, is_unread
from engine.server._connections import SPARE, Connections, bounds
from engine.server._parsing import Parser, head_capacity
from engine.server._refusing import Refusing, TooManyConnections
from engine.server._response import SLOWEST_READER
from engine.web.services import services_of

SLOWEST_HEAD = 10.0
"""Seconds from when a request begins to arrive until its head has to be there: a thread waits for it."""


class Connection(TConn):  # type: ignore[misc]
    """One that `connections` knows."""

    def __init__(self, connections: Connections, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.connections = connections
        self.has_ended = False

    def set_timeout(self) -> None:
        """Be silent from now on, until the next request or for as long as connections are kept."""
        super().set_timeout()
        self.connections.rest(self)

    def close(self, graceful: bool = False) -> None:
        """End it."""
        self.has_ended = True
        self.connections.leave(self)
        super().close(graceful)


class Gthread(Refusing, ThreadWorker):  # type: ignore[misc]
    """A thread for each request."""

    cfg: Any
    worker_connections: int
    connections: Connections

    def init_process(self) -> None:
        """Begin."""
        self.heads = head_capacity()
        super().init_process()

    def run(self) -> None:
        """Accept connections, a few more than are served."""
        most, most_each = bounds(self.worker_connections, services_of(self.wsgi).settings)
        self.connections = Connections(most, most_each, self._end)
        self.worker_connections = most + SPARE
        super().run()

    def accept(self, listener: Any) -> None:
        """Accept a connection, and let it wait for its first request without a thread."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        conn = Connection(self.connections, self.cfg, client, address, listener.getsockname())
        conn.parser = Parser(self.cfg, client, address, self.heads)
        self.connections.join(conn, address)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(client, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: Connection, client: Any) -> None:
        """Serve its first request, unless it has just been ended."""
        if not conn.has_ended:
            super().on_pending_socket_readable(conn, client)

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:
        """Serve its next request, unless it has just been ended."""
        if not conn.has_ended:
            super().on_client_socket_readable(conn, client)

    def enqueue_req(self, conn: Connection) -> None:
        """Hand a connection on which something arrives to a thread."""
        self.connections.serve(conn)
        super().enqueue_req(conn)

    def handle(self, conn: Connection) -> Any:
        """Serve one request, whose head has a time to arrive."""
        conn.parser.unreader.until = time.monotonic() + min(SLOWEST_HEAD, self.cfg.keepalive)
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Serve it for a client that sends its body and takes its answer in time."""
        if not self.connections.admits(conn, req.path):
            raise TooManyConnections
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
        """A body that nobody has wanted ends the connection: it may be endless."""
        return bool(keepalive) and not is_unread(conn.parser.mesg.body)

    def _cap_keepalive(self, deadline: float) -> None:
        """Let those that have asked nothing yet go as well, when the worker is to end."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _end(self, conn: Connection) -> bool:
        """End a silent connection, which is in one of two queues, unless something has arrived on it."""
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
