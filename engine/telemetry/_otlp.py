"""Spans of OpenTelemetry's SDK, and their way to the collector. Only `tracing.py` imports this module."""

from threading import Thread

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from engine.config import Settings
from engine.telemetry._collector import CollectorSession, quieten
from engine.telemetry.spans import Attributes, Caller, Kind
from engine.version import VERSION

PATH = "/v1/traces"
"""Where a collector takes spans, below its address (OTLP 1.9, "OTLP/HTTP Request")."""
EXPORT_SECONDS = 5.0
"""How long one batch is tried."""
BATCH = 128
"""Spans of a batch: to encode one takes a few milliseconds, in which the event loop stands still."""
FLUSH_SECONDS = 1.5
"""How long a stopping worker sends what is left: with gunicorn's grace, less than a container's ten."""
LONGEST = 200
"""Letters of an attribute."""
KINDS = {"server": SpanKind.SERVER, "client": SpanKind.CLIENT, "internal": SpanKind.INTERNAL}
SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class OtlpSpan:
    """A span of the SDK."""

    __slots__ = ("sdk",)

    def __init__(self, sdk: trace.Span) -> None:
        self.sdk = sdk

    def set(self, attributes: Attributes) -> None:
        """Add attributes. One that has ended, as a caller's that stopped waiting, stays as it is."""
        if self.sdk.is_recording():
            self.sdk.set_attributes(attributes)

    def rename(self, name: str) -> None:
        """Replace the name."""
        self.sdk.update_name(name)

    def fail(self, kind: str, words: str = "") -> None:
        """Mark as failed."""
        if self.sdk.is_recording():
            self.sdk.set_attribute("error.type", kind)
            self.sdk.set_status(Status(StatusCode.ERROR, words or None))

    def close(self) -> None:
        """End now."""
        self.sdk.end()


class Otlp:
    """Makes spans, and sends them in batches from a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        quieten()
        endpoint = f"{settings.otel_exporter_otlp_endpoint}{PATH}"
        exporter = OTLPSpanExporter(
            endpoint,
            headers=settings.otel_exporter_otlp_headers,
            timeout=EXPORT_SECONDS,
            session=CollectorSession(),
        )
        about = {
            "service.name": settings.otel_service_name,
            "service.version": VERSION,
            "deployment.environment.name": settings.env,
        }
        self._provider = TracerProvider(
            resource=Resource.create(about),
            span_limits=SpanLimits(max_attribute_length=LONGEST),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter, max_export_batch_size=BATCH))
        self._tracer = self._provider.get_tracer("engine", VERSION)

    def start(
        self, name: str, kind: Kind, parent: object | None, link: object | None, attributes: Attributes
    ) -> OtlpSpan:
        """Start a span."""
        above = parent.sdk if isinstance(parent, OtlpSpan) else None
        if isinstance(parent, Caller):
            above = self._remote(parent, name)
        # An empty context, instead of that of the SDK: `engine/telemetry/_work.py` has the current span.
        context = trace.set_span_in_context(above or trace.INVALID_SPAN, Context())
        links = [trace.Link(link.sdk.get_span_context())] if isinstance(link, OtlpSpan) else None
        return OtlpSpan(self._tracer.start_span(name, context, KINDS[kind], attributes, links))

    def stop(self) -> None:
        """Send what is left, and return after a bound even if the collector does not answer."""
        sending = Thread(target=self._provider.shutdown, name="traces", daemon=True)
        sending.start()
        sending.join(FLUSH_SECONDS)

    def _remote(self, caller: Caller, name: str) -> trace.Span:
        """Return the caller's span as a parent. The engine's own sampler decides what is recorded.

        A public caller could otherwise have all of its requests recorded, or none.
        """
        decision = self._provider.sampler.should_sample(None, caller.trace_id, name).decision
        flags = SAMPLED if decision is not Decision.DROP else TraceFlags.get_default()
        return NonRecordingSpan(
            SpanContext(caller.trace_id, caller.span_id, is_remote=True, trace_flags=flags)
        )
