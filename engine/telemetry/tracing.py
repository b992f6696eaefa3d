"""Send spans to an OpenTelemetry collector, as OTLP over HTTP, if a collector is set.

Each worker starts this for itself after its fork. The packages are an extra, which is imported then.
"""

from importlib import import_module
from importlib.util import find_spec

from engine.config import Settings
from engine.telemetry.spans import RECORDING

PACKAGE = "opentelemetry.exporter.otlp.proto.http"
FILE = "requirements-otel.txt"
"""The file that pins the packages."""


def wanted(settings: Settings) -> bool:
    """Return whether spans are to be sent."""
    return settings.otel_exporter_otlp_endpoint is not None


def warning(settings: Settings) -> str | None:
    """Return what a start says once if spans are to be sent and the packages are missing."""
    if not wanted(settings) or _installed():
        return None
    return (
        "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the packages for traces are missing: "
        f"pip install --require-hashes --requirement {FILE}"
    )


def start(settings: Settings) -> None:
    """Record spans in this process from now on. Without a collector or the packages, do nothing."""
    if wanted(settings) and _installed() and RECORDING.tracer is None:
        RECORDING.tracer = import_module("engine.telemetry._otlp").Otlp(settings)


def stop() -> None:
    """Record no more spans, and send those that are left, within a bound."""
    tracer, RECORDING.tracer = RECORDING.tracer, None
    if tracer is not None:
        tracer.stop()


def _installed() -> bool:
    try:
        return find_spec(PACKAGE) is not None
    except ModuleNotFoundError:
        return False
