"""gunicorn's worker on gevent: a greenlet for each connection."""

import socket
from contextlib import suppress
from types import TracebackType
from typing import Any

import gevent
from gunicorn.workers.ggevent import GeventWorker

from engine.server._body import TimedBody, is_unread
from engine.server._connections import SPARE, Connections, bounds
from engine.server._environ import EnvironFactory
from engine.server._parsing import Parser, head_capacity
from engine.server._refusing import Refusing, TooManyConnections, linger
from engine.server._response import SLOWEST_READER
from engine.web.services import services_of

MOMENT = 2
"""Beats of a worker that is to end, of a second each, in which connections that are kept open stay so."""


class FrozenConfig:
    """gunicorn's configuration as it is now."""

    def __init__(self, config: Any) -> None:
        self._config = config
        self.__dict__.update({name: setting.get() for name, setting in config.settings.items()})

    def __getattr__(self, name: str) -> Any:
        """What is made of several settings, made once."""
        self.__dict__[name] = made = getattr(self._config, name)
        return made


class Gevent(Refusing, GeventWorker):  # type: ignore[misc]
    """A greenlet for each connection."""

    cfg: Any
    worker_connections: int
    environs: EnvironFactory
    connections: Connections
    _last_beats = 0

    def init_process(self) -> None:
        """Begin with settings that are looked up once, not two dozen times a request."""
        self.cfg = FrozenConfig(self.cfg)
        self.environs = EnvironFactory(self.cfg)
        self.heads = head_capacity()
        super().init_process()

    def run(self) -> None:
        """Accept connections, a few more than are served."""
        most, most_each = bounds(self.worker_connections, services_of(self.wsgi).settings)
        self.connections = Connections(most, most_each, end)
        self.worker_connections = most + SPARE
        super().run()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve the requests of a connection until it ends, whoever ends it."""
        with ConnectionScope(self, client, addr):
            client.setblocking(1)
            name = listener.getsockname()
            requests = Parser(self.cfg, client, addr, self.heads)
            while True:
                with gevent.Timeout(self.cfg.keepalive, TimeoutError):
                    req = next(requests)
                self.handle_request(name, req, client, addr)

    def notify(self) -> None:
        """Once this worker is to end, let silent connections go, which would hold it up.

        Who asks now and then on one has a moment to do so, and is told that it ends.
        """
        super().notify()
        if not self.alive:
            self._last_beats += 1
            for client in self.connections.idle if self._last_beats > MOMENT else ():
                end(client)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Serve one request of a client that takes its answer in time: gunicorn's own way, with fewer steps.

        No access log is kept, no hook is called and nothing is upgraded, so that is not prepared either.
        """
        self.nr += 1
        self.connections.serve(sock)
        gevent.sleep(0)  # the next connection has its turn, however fast this one asks
        sock.settimeout(SLOWEST_READER)
        if is_unread(req.body):
            req.body = TimedBody(req.body.reader)
        try:
            if self.connections.extra:
                self._serve_health_alone(req, sock)
            response, environ = self.environs.create(req, sock, addr, listener_name)
            if not self.alive:
                response.force_close()
            parts = self.wsgi(environ, response.start_response)
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
            raise StopIteration from late  # gunicorn's word for the end of a connection
        finally:
            sock.settimeout(None)
        if response.should_close():
            raise StopIteration
        self.connections.rest(sock)

    def _serve_health_alone(self, req: Any, sock: Any) -> None:
        """Refuse anything else on a connection for which there is no room. Raises `Full`."""
        if not self.connections.admits(sock, req.path):
            raise TooManyConnections
        if sock in self.connections.extra:
            req.force_close()


class ConnectionScope:
    """Counts a connection, and takes whatever ends it: the one boundary for what nobody has foreseen."""

    def __init__(self, worker: Gevent, client: Any, address: Any) -> None:
        self._worker = worker
        self._client = client
        self._address = address

    def __enter__(self) -> None:
        self._worker.connections.join(self._client, self._address)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        try:
            if isinstance(error, StopIteration | OSError):
                self._worker.log.debug("a connection has ended: %s", type(error).__name__)
                return True
            if isinstance(error, Exception):
                self._worker.handle_error(None, self._client, self._address, error)
                return True
            return False
        finally:
            self._worker.connections.leave(self._client)
            self._client.close()


def end(client: Any) -> bool:
    """End a connection that waits: reading on it finds that nothing more comes, but for what is there."""
    with suppress(OSError), socket.fromfd(client.fileno(), client.family, client.type) as same:
        same.shutdown(socket.SHUT_RD)
    return True
