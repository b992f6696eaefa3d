"""A connection that reads requests and sends answers with the active faults."""

from __future__ import annotations

import os
import select
import socket
import struct
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import orjson

from .bodies import BODIES
from .dialects import DIALECTS
from .faults import Fault
from .wire import Answer, Request

if TYPE_CHECKING:
    from .server import StandIn

PAGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Wait</body></html>"
PHRASES = {status.value: status.phrase for status in HTTPStatus}
CHUNK = b" " * 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with connections that stay open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        """Answer a provider's call, or a request to the control pages."""
        self._serve("GET")

    def do_POST(self) -> None:
        """Change something by a control page."""
        self._serve("POST")

    def log_message(self, *_: object) -> None:
        """Discard the log, because calls are recorded."""

    @property
    def _stand_in(self) -> StandIn:
        stand_in: StandIn = self.server.stand_in  # type: ignore[attr-defined]
        return stand_in

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        split = urlsplit(self.path)
        provider, _, rest = split.path[1:].partition("/")
        query = dict(parse_qsl(split.query, keep_blank_values=True))
        if provider == "_control":
            self._send(self._control(method, rest, query, body))
        elif provider in DIALECTS:
            self._provide(provider, f"/{rest}", split.query, query)
        else:
            self._send(Answer({"error": "no such provider"}, 404))

    def _control(self, method: str, page: str, query: dict[str, str], body: bytes) -> Answer:
        try:
            return self._stand_in.control(method, page, query, body)
        except (ValueError, TypeError) as error:
            return Answer({"error": str(error)}, 400)

    def _provide(self, provider: str, path: str, raw_query: str, query: Mapping[str, str]) -> None:
        stand_in = self._stand_in
        faults = stand_in.faults_for(provider, path)
        wait = stand_in.delay + sum(fault.seconds for fault in faults if fault.kind == "delay")
        if wait:
            stand_in.stopping.wait(wait)
        taken_over = next((fault for fault in faults if fault.kind in TAKE_OVER), None)
        if taken_over:
            stand_in.note(provider, path, raw_query, 200 if taken_over.kind == "huge" else 0)
            self.close_connection = True
            TAKE_OVER[taken_over.kind](self, taken_over)
            return
        answer = self._answer(provider, path, query, faults)
        if dated := next((fault for fault in faults if fault.kind == "date"), None):
            answer = self._dated(answer, dated)
        stand_in.note(provider, path, raw_query, answer.status)
        self._send(answer, next((fault for fault in faults if fault.kind in BEND), None))

    def _answer(self, provider: str, path: str, query: Mapping[str, str], faults: list[Fault]) -> Answer:
        for fault in faults:
            if fault.kind == "html":
                return Answer(PAGE)
            if fault.kind == "status":
                body = {"error": PHRASES.get(fault.status, "Unknown")} if fault.body is None else fault.body
                return Answer(body, fault.status, fault.headers)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(path, query, headers, partial(self._stand_in.spend, provider))
        try:
            answer = self._stand_in.answer(provider, request, faults)
        except Exception:
            # A mistake in a dialect must show in the output of the test.
            return Answer({"stand_in": traceback.format_exc()}, 500)
        target = answer.headers.get("Location", "")
        if target.startswith("/"):
            return Answer(answer.body, answer.status, {"Location": f"/{provider}{target}"})
        return answer

    def _dated(self, answer: Answer, fault: Fault) -> Answer:
        date = formatdate(self._stand_in.market.now_ms // 1000 + fault.seconds, usegmt=True)
        return replace(answer, headers={**answer.headers, "Date": date, **fault.headers})

    def _send(self, answer: Answer, bent_by: Fault | None = None) -> None:
        kind = bent_by.kind if bent_by else ""
        if isinstance(answer.body, str):
            content_type, body = "text/html", answer.body.encode()
        elif isinstance(answer.body, bytes):
            content_type, body = "application/xml", answer.body
        else:
            content_type, body = "application/json", orjson.dumps(answer.body)
        if bent_by and kind in BODIES:
            body = BODIES[kind](body, bent_by)
        head = self._head(answer, f"{content_type}; charset=utf-8", f"Content-Length: {len(body)}")
        if kind == "cut":
            self.close_connection = True
            self.wfile.write(head + body[: len(body) // 2])
        elif bent_by and kind == "drip":
            self._drip(head, body, bent_by.seconds)
        else:
            # Header and body leave in one write: one packet, one wake-up of the client.
            self.wfile.write(head + body)

    def _head(self, answer: Answer, content_type: str, length: str) -> bytes:
        date = formatdate(self._stand_in.market.now_ms // 1000, usegmt=True)
        headers = {"Date": date, **answer.headers}
        lines = [
            f"HTTP/1.1 {answer.status} {PHRASES.get(answer.status, 'Unknown')}",
            f"Content-Type: {content_type}",
            length,
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        return "\r\n".join([*lines, "\r\n"]).encode("latin-1")

    def _drip(self, head: bytes, body: bytes, pause: float) -> None:
        self.wfile.write(head)
        for place in range(len(body)):
            self.wfile.write(body[place : place + 1])
            self.wfile.flush()
            if self._stand_in.stopping.wait(pause):
                self.close_connection = True
                return

    def _hang(self, fault: Fault) -> None:
        """Send nothing until the stand-in stops or the client leaves."""
        while not self._stand_in.stopping.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return
            if readable:
                time.sleep(0.05)

    def _reset(self, fault: Fault) -> None:
        """Reset the connection instead of closing it."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        os.close(self.connection.detach())

    def _flood(self, fault: Fault) -> None:
        """Stream blanks, which are valid JSON until the end, without their length."""
        self.wfile.write(self._head(Answer(None), "application/json", "Transfer-Encoding: chunked"))
        left = fault.size
        while left > 0 and not self._stand_in.stopping.is_set():
            part = CHUNK[:left]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
            left -= len(part)
        self.wfile.write(b"0\r\n\r\n")


TAKE_OVER: dict[str, Callable[[Handler, Fault], None]] = {
    "hang": Handler._hang,
    "reset": Handler._reset,
    "huge": Handler._flood,
}
"""Faults that leave no room for an answer."""
BEND = ("cut", "drip", *BODIES)
"""Faults in how a good answer is sent."""
