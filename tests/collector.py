"""A collector of OpenTelemetry on loopback: it takes spans as OTLP over HTTP, and keeps them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1 import trace_pb2

PATH = "/v1/traces"
PROTOBUF = "application/x-protobuf"
SERVER, CLIENT = trace_pb2.Span.SPAN_KIND_SERVER, trace_pb2.Span.SPAN_KIND_CLIENT


@dataclass(frozen=True)
class Span:
    """A span that arrived. `parent` is empty without one."""

    name: str
    trace: str
    id: str
    parent: str
    kind: int
    attributes: dict[str, Any]
    failed: bool
    links: tuple[str, ...]
    began: int
    ended: int


@dataclass
class Received:
    """The spans that arrived, with the attributes of their resources and the headers of the requests."""

    spans: list[Span] = field(default_factory=list)
    resources: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def of(self, request_id: str) -> list[Span]:
        """Return the spans of one request."""
        return [span for span in self.spans if span.attributes.get("request_id") == request_id]

    def children(self, parent: Span) -> list[Span]:
        """Return the spans directly below another one, in the order of their starts."""
        below = [span for span in self.spans if span.parent == parent.id and span.trace == parent.trace]
        return sorted(below, key=lambda span: span.began)


class Collector:
    """A context manager with a collector that listens, and answers with `status`."""

    def __init__(self, status: int = 200, before: Callable[[], object] = lambda: None) -> None:
        self.status = status
        self.before = before
        self.received = Received()

    def __enter__(self) -> Self:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                """Take one batch."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.before()
                collector.take(self.path, {name.lower(): text for name, text in self.headers.items()}, body)
                self.send_response(collector.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Write nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        """Decode a batch and keep its spans."""
        assert path == PATH
        assert headers["content-type"] == PROTOBUF
        self.received.headers.append(headers)
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.received.resources.append(_attributes(group.resource.attributes))
            for scope in group.scope_spans:
                self.received.spans += [_span(one) for one in scope.spans]


def _span(sent: trace_pb2.Span) -> Span:
    return Span(
        sent.name,
        sent.trace_id.hex(),
        sent.span_id.hex(),
        sent.parent_span_id.hex(),
        sent.kind,
        _attributes(sent.attributes),
        sent.status.code == trace_pb2.Status.STATUS_CODE_ERROR,
        tuple(link.span_id.hex() for link in sent.links),
        sent.start_time_unix_nano,
        sent.end_time_unix_nano,
    )


def _attributes(sent: Any) -> dict[str, Any]:
    return {one.key: _value(one.value) for one in sent}


def _value(sent: AnyValue) -> Any:
    kind = sent.WhichOneof("value")
    return None if kind is None else getattr(sent, kind)
