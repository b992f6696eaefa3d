"""The stand-in: a real HTTP server on loopback that answers for every provider."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from http.server import ThreadingHTTPServer
from socketserver import TCPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

from .calls import Call, CallLog, FaultBoard
from .dialects import DIALECTS
from .faults import Fault
from .feed import Feed, MissingRow
from .handler import Handler
from .market import Market
from .streams import PACE, StreamServer
from .wire import Answer, Request
from .world import LISTED, USUAL_SIZE, World


class _Server(ThreadingHTTPServer):
    """A server that remembers its threads, so that it can wait for them when it stops."""

    daemon_threads = True
    request_queue_size = 1024
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self._open: dict[socket.socket, Thread] = {}
        self._lock = Lock()
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Bind without a lookup of the host's name, which may take seconds without a resolver."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread that `hang_up` knows from the start."""
        thread = Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._lock:
            self._open[request] = thread
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection until it ends, without a tracer that measures the engine."""
        sys.settrace(None)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._open.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report mistakes, and ignore broken connections, which faults cause."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Break every connection and wait for their threads."""
        with self._lock:
            still_open = dict(self._open)
        for connection, thread in still_open.items():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)


class StandIn:
    """Every provider on one port, each below its own path, with one invented market."""

    def __init__(
        self,
        seed: int = 7,
        clock: Callable[[], float] = time.time,
        delay: float = 0.0,
        port: int = 0,
        markets: int = USUAL_SIZE,
        listed: float = LISTED,
    ) -> None:
        self.market = Market(seed, clock)
        self.world = World(self.market, markets, listed)
        self.delay = delay
        self.calls = CallLog()
        self.stopping = Event()
        self._faults = FaultBoard()
        self._port = port
        self._server: _Server | None = None
        self._minutes: dict[tuple[str, int], int] = {}
        self._lock = Lock()
        self.streams: StreamServer | None = None
        """The WebSockets, after `open_streams`."""

    def open_streams(self, pace: float = PACE) -> StreamServer:
        """Begin to serve WebSockets as well, which few tests need."""
        if self.streams is None:
            self.streams = StreamServer(self, pace)
        return self.streams

    def start(self) -> Self:
        """Listen in separate threads."""
        self.stopping.clear()
        self._server = _Server(("127.0.0.1", self._port), self)
        self._port = self._server.server_port
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="stand-in", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening, end calls that hang, and wait for all threads."""
        if self.streams is not None:
            self.streams.stop()
            self.streams = None
        if self._server is None:
            return
        server, self._server = self._server, None
        self.stopping.set()
        server.shutdown()
        server.server_close()
        server.hang_up()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Return the address of the whole stand-in."""
        return f"http://127.0.0.1:{self._port}"

    def url(self, provider: str) -> str:
        """Return the URL that replaces a provider's host."""
        return f"{self.address}/{_known(provider)}"

    def base_urls(self) -> dict[str, str]:
        """Return the environment that redirects a program from the real providers to the stand-in."""
        return {f"{provider.upper()}_BASE_URL": self.url(provider) for provider in DIALECTS}

    def fault(self, provider: str, fault: Fault) -> None:
        """Give a provider another fault from now on."""
        self._faults.add(_known(provider), fault)

    def heal(self, provider: str | None = None) -> None:
        """Remove the faults of a provider, or of all."""
        self._faults.heal(provider)

    def hang_up(self) -> None:
        """Break every connection, also those of calls that hang."""
        if self._server is not None:
            self._server.hang_up()

    def faults_for(self, provider: str, path: str) -> list[Fault]:
        """Return the faults of this call, and count it for those that are limited."""
        return self._faults.take(provider, path)

    def answer(self, provider: str, request: Request, faults: list[Fault]) -> Answer:
        """Return the provider's answer if its connection works."""
        spoiling = [fault for fault in faults if fault.spoils_data]
        feed = Feed(self.market, provider, self.market.now_ms, spoiling, self.world)
        try:
            answer = DIALECTS[provider](request, feed)
        except MissingRow:
            return Answer({})
        for fault in spoiling:
            answer = replace(answer, body=fault.spoil_answer(answer.body))
        return answer

    def spend(self, provider: str, weight: int) -> int:
        """Return what the calls to a provider have weighed in this minute, with another one of `weight`."""
        key = (provider, int(time.time() // 60))
        with self._lock:
            if key not in self._minutes:
                self._minutes = {k: n for k, n in self._minutes.items() if k[1] == key[1]}
            self._minutes[key] = self._minutes.get(key, 0) + weight
            return self._minutes[key]

    def note(self, provider: str, path: str, query: str, status: int) -> None:
        """Record a call."""
        self.calls.add(Call(provider, path, query, time.time(), status))

    def control(self, method: str, page: str, query: dict[str, str], body: bytes) -> Answer:
        """Answer other processes: list calls, add and remove faults."""
        facts = json.loads(body) if body else {}
        match method, page:
            case "GET", "calls":
                calls = self.calls.list(query.get("provider"), query.get("path"))
                return Answer({"count": len(calls), "calls": calls})
            case "POST", "fault":
                self.fault(str(facts.pop("provider", "")), Fault.from_json(facts))
            case "POST", "heal":
                self.heal(facts.get("provider"))
            case "POST", "forget":
                self.calls.forget()
            case _:
                return Answer({"error": "no such control"}, 404)
        return Answer({"done": page})


def _known(provider: str) -> str:
    if provider not in DIALECTS:
        raise ValueError(f"no such provider: {provider}")
    return provider
