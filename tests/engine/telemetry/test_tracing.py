"""Traces on their way to a collector: what a caller decides, and what a collector that hangs delays."""

import logging
from collections.abc import Iterator
from threading import Event

import pytest

from engine.config import Settings
from engine.telemetry import tracing
from engine.telemetry._collector import CollectorSession, quieten
from engine.telemetry.spans import RECORDING, Caller, span
from tests.collector import Collector

CALLER = Caller(0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave no tracer behind."""
    yield
    tracing.stop()
    logger = logging.getLogger("opentelemetry")
    logger.handlers, logger.propagate = [], True


def record(collector: Collector) -> None:
    """Record one request of a caller."""
    tracing.start(Settings(otel_exporter_otlp_endpoint=collector.url))
    with span("request", caller=CALLER):
        pass


@pytest.mark.parametrize(
    ("sampler", "count"), [("always_off", 0), ("parentbased_always_off", 0), ("parentbased_always_on", 1)]
)
def test_a_caller_does_not_decide_what_is_recorded(
    monkeypatch: pytest.MonkeyPatch, sampler: str, count: int
) -> None:
    """The operator's sampler decides for callers that trace themselves as for others."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    with Collector() as collector:
        record(collector)
        tracing.stop()

    assert len(collector.received.spans) == count


def test_a_collector_that_hangs_does_not_keep_a_worker() -> None:
    """A stop returns though the collector has not answered."""
    answered = Event()
    with Collector(before=answered.wait) as collector:
        record(collector)
        tracing.stop()

        assert not collector.received.spans
        answered.set()


def test_nothing_starts_without_a_collector() -> None:
    """Without an address nothing is recorded, and no package is missed."""
    tracing.start(Settings())

    assert RECORDING.tracer is None
    assert tracing.warning(Settings()) is None


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the packages nothing is recorded, and the warning names the file to install."""
    monkeypatch.setattr(tracing, "PACKAGE", "nothing.of.this.name")
    settings = Settings(otel_exporter_otlp_endpoint="http://127.0.0.1:4318")
    tracing.start(settings)

    assert RECORDING.tracer is None
    assert "requirements-otel.txt" in (tracing.warning(settings) or "")


def test_a_failure_of_the_collector_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """The same cause has one line a minute, and a collector that answers has none."""
    session = CollectorSession()
    with Collector(503) as collector:
        for status in (503, 503, 200, 404):
            collector.status = status
            session.post(f"{collector.url}/v1/traces", headers={"Content-Type": "application/x-protobuf"})

    assert caplog.messages == [f"traces are not sent: 127.0.0.1: HTTP {status}" for status in (503, 404)]


def test_what_the_sdk_says_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """Warnings of the SDK have one line a minute each; the exporter's own are told by their causes."""
    quieten()
    for name, message in (
        ("opentelemetry.sdk._shared_internal", "Queue full, dropping %s."),
        ("opentelemetry.sdk._shared_internal", "Queue full, dropping %s."),
        ("opentelemetry.exporter.otlp.proto.http.trace_exporter", "Transient error %s"),
    ):
        logging.getLogger(name).warning(message, "Span")

    assert caplog.messages == ["traces: Queue full, dropping Span."]
