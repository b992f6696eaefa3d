"""gunicorn's workers, with bounds for whoever is slow, broken or greedy."""

import socket
from contextlib import suppress
from typing import Any

import gevent
from gunicorn.workers.ggevent import GeventWorker
from gunicorn.workers.gthread import ThreadWorker

from engine.workers._body import InTime, is_unread
from engine.workers._environ import Environs
from engine.workers._refusing import Refusing, linger
from engine.workers._response import SLOWEST_READER

MOMENT = 2
"""Beats of a worker that is to end, of a second each, in which connections that are kept open stay so."""

__all__ = ["Gevent", "Gthread"]


class Settled:
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
    environs: Environs
    _last_beats = 0
    _waiting: set[Any]

    def init_process(self) -> None:
        """Begin with settings that are looked up once, not two dozen times a request."""
        self.cfg = Settled(self.cfg)
        self.environs = Environs(self.cfg)
        self._waiting = set()
        super().init_process()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve a connection, which is known while nobody asks anything on it."""
        self._waiting.add(client)
        try:
            super().handle(listener, client, addr)
        finally:
            self._waiting.discard(client)

    def notify(self) -> None:
        """Once this worker is to end, let silent connections go, which would hold it up.

        Who asks now and then on one has a moment to do so, and is told that it ends.
        """
        super().notify()
        if not self.alive:
            self._last_beats += 1
            for client in self._waiting if self._last_beats > MOMENT else ():
                with suppress(OSError), socket.fromfd(client.fileno(), client.family, client.type) as same:
                    same.shutdown(socket.SHUT_RD)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Serve one request of a client that takes its answer in time: gunicorn's own way, with fewer steps.

        No access log is kept, no hook is called and nothing is upgraded, so that is not prepared either.
        """
        self.nr += 1
        self._waiting.discard(sock)
        gevent.sleep(0)  # the next connection has its turn, however fast this one asks
        sock.settimeout(SLOWEST_READER)
        if is_unread(req.body):
            req.body = InTime(req.body.reader)
        try:
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
        self._waiting.add(sock)

    def _try_h2c_upgrade(self, *_: Any) -> bool:
        """HTTP/2 is spoken by what stands in front."""
        return False


class Gthread(Refusing, ThreadWorker):  # type: ignore[misc]
    """A thread for each request."""
