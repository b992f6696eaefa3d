"""The stand-in: a real HTTP server on loopback that answers in place of every provider."""

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
from .feed import Feed, NothingToSay
from .handler import Handler
from .market import Market
from .wire import Answer, Request
from .world import USUAL_SIZE, World


class _Server(ThreadingHTTPServer):
    """Threads are remembered, so that stopping can wait for every one of them."""

    daemon_threads = True
    request_queue_size = 1024
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self._open: dict[socket.socket, Thread] = {}
        self._lock = Lock()
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Bind without looking up the host's name, which may take seconds where there is no resolver."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread, which is known before it starts so that none escapes `hang_up`."""
        thread = Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._lock:
            self._open[request] = thread
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection until it ends; a tracer that measures the engine need not see it."""
        sys.settrace(None)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._open.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report mistakes, but not connections that broke: breaking them is what faults are for."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Break every connection and wait for the threads that served them."""
        with self._lock:
            still_open = dict(self._open)
        for connection, thread in still_open.items():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)


class StandIn:
    """Every provider on one port, each below a path of its own, told from one made-up market."""

    def __init__(
        self,
        seed: int = 7,
        clock: Callable[[], float] = time.time,
        delay: float = 0.0,
        port: int = 0,
        markets: int = USUAL_SIZE,
    ) -> None:
        self.market = Market(seed, clock)
        self.world = World(self.market, markets)
        self.delay = delay
        self.calls = CallLog()
        self.stopping = Event()
        self._faults = FaultBoard()
        self._port = port
        self._server: _Server | None = None
        self._minutes: dict[tuple[str, int], int] = {}
        self._lock = Lock()

    def start(self) -> Self:
        """Listen, in threads of its own."""
        self.stopping.clear()
        self._server = _Server(("127.0.0.1", self._port), self)
        self._port = self._server.server_port
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="stand-in", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening, end whatever still hangs, and leave no thread behind."""
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
        """The address of the whole stand-in."""
        return f"http://127.0.0.1:{self._port}"

    def url(self, provider: str) -> str:
        """What stands in for a provider's host."""
        return f"{self.address}/{_known(provider)}"

    def base_urls(self) -> dict[str, str]:
        """The environment that sends a program here instead of to the real providers."""
        return {f"{provider.upper()}_BASE_URL": self.url(provider) for provider in DIALECTS}

    def fault(self, provider: str, fault: Fault) -> None:
        """Make a provider go wrong from now on; faults add up."""
        self._faults.add(_known(provider), fault)

    def heal(self, provider: str | None = None) -> None:
        """Make a provider, or all of them, work again."""
        self._faults.heal(provider)

    def faults_for(self, provider: str, path: str) -> list[Fault]:
        """The faults that hit this call; asking uses up one of their times."""
        return self._faults.take(provider, path)

    def answer(self, provider: str, request: Request, faults: list[Fault]) -> Answer:
        """What the provider says when its connection works."""
        spoiling = [fault for fault in faults if fault.spoils_data]
        feed = Feed(self.market, provider, self.market.now_ms, spoiling, self.world)
        try:
            answer = DIALECTS[provider](request, feed)
        except NothingToSay:
            return Answer({})
        for fault in spoiling:
            answer = replace(answer, body=fault.spoil_answer(answer.body))
        return answer

    def calls_this_minute(self, provider: str) -> int:
        """How many calls this one makes since the minute began."""
        key = (provider, int(time.time() // 60))
        with self._lock:
            if key not in self._minutes:
                self._minutes = {k: n for k, n in self._minutes.items() if k[1] == key[1]}
            self._minutes[key] = self._minutes.get(key, 0) + 1
            return self._minutes[key]

    def note(self, provider: str, path: str, query: str, status: int) -> None:
        """Remember a call."""
        self.calls.add(Call(provider, path, query, time.time(), status))

    def control(self, method: str, page: str, query: dict[str, str], body: bytes) -> Answer:
        """Serve other processes: read the calls, set and lift faults."""
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
