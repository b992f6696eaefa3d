"""Spans: what a request waited for, and for how long. They are recorded while there is a `tracer`.

Other modules open spans here and need no package of OpenTelemetry. `engine/telemetry/tracing.py` sets the
tracer. Spans cross into pools with the request id, by `with_request_id`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, NamedTuple, Protocol

import msgspec

from engine.errors import ApiError
from engine.telemetry._work import REQUEST, SPAN
from providers import ProviderError

Attributes = Mapping[str, str | int]
Kind = Literal["server", "client", "internal"]


class Caller(NamedTuple):
    """The span of the client that sent a request (W3C Trace Context), which becomes the parent."""

    trace_id: int
    span_id: int


class Span(Protocol):
    """An open span."""

    def set(self, attributes: Attributes) -> None:
        """Add attributes."""

    def rename(self, name: str) -> None:
        """Replace the name."""

    def fail(self, kind: str, words: str = "") -> None:
        """Mark as failed, with a `kind` of failure that takes few values, and details."""

    def close(self) -> None:
        """End now."""


class Tracer(Protocol):
    """What makes spans."""

    def start(
        self, name: str, kind: Kind, parent: object | None, link: object | None, attributes: Attributes
    ) -> Span:
        """Start a span below `parent` (a span of its own or a `Caller`), with a `link` to another span."""
        ...

    def stop(self) -> None:
        """Send what is left, within a bound."""


class Unrecorded:
    """A span while nothing is recorded."""

    def set(self, attributes: Attributes) -> None:
        """Do nothing."""

    def rename(self, name: str) -> None:
        """Do nothing."""

    def fail(self, kind: str, words: str = "") -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class Recording(msgspec.Struct):
    """Whether spans are recorded in this process: while `tracer` is set."""

    tracer: Tracer | None = None


RECORDING = Recording()
UNRECORDED = Unrecorded()


@contextmanager
def span(
    name: str,
    attributes: Attributes | None = None,
    *,
    kind: Kind = "internal",
    caller: Caller | None = None,
    link: object | None = None,
) -> Iterator[Span]:
    """Record the block as a span of the current work, with its request id; an exception is its failure.

    It is below the current span if there is one, otherwise below the `caller`.
    """
    tracer = RECORDING.tracer
    if tracer is None:
        yield UNRECORDED
        return
    named = {"request_id": REQUEST.get(), **(attributes or {})}
    opened = tracer.start(name, kind, SPAN.get() or caller, link, named)
    token = SPAN.set(opened)
    try:
        yield opened
    except Exception as error:
        opened.fail(*_failure(error))
        raise
    finally:
        SPAN.reset(token)
        opened.close()


def is_recording() -> bool:
    """Return whether spans are recorded."""
    return RECORDING.tracer is not None


def note(attributes: Attributes) -> None:
    """Add attributes to the innermost open span, if there is one."""
    opened: Span | None = SPAN.get()  # type: ignore[assignment]
    if opened is not None:
        opened.set(attributes)


def current() -> object | None:
    """Return the innermost open span, for a later `link` to it."""
    return SPAN.get()


def _failure(error: Exception) -> tuple[str, str]:
    """Return the kind and the details of a failure, none of which repeats what a client sent."""
    match error:
        case ProviderError():
            return error.reason, str(error)
        case ApiError():
            return error.code, ""
        case _:
            return type(error).__name__, ""
