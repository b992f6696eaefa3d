"""Work without the tracer of coverage, which slows all code to half of its speed."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import TraceFunction

_resumed: "TraceFunction | None" = None
"""The tracer that `measured` gives back."""


@contextmanager
def untraced() -> Iterator[None]:
    """Run the block, and threads that it starts, without a tracer; other tests run the same lines."""
    of_threads = threading.gettrace()
    threading.settrace(None)
    try:
        with _resuming(None), unmeasured():
            yield
    finally:
        threading.settrace(of_threads)


@contextmanager
def paused() -> Iterator[None]:
    """Run the block without the tracer of this thread, except for what it runs as `measured`."""
    with _resuming(sys.gettrace()), unmeasured():
        yield


@contextmanager
def measured() -> Iterator[None]:
    """Run the block with the tracer that `paused` has taken away, unless it is within an `untraced` one."""
    with _traced_by(_resumed):
        yield


@contextmanager
def unmeasured() -> Iterator[None]:
    """Run the block without the tracer of this thread, and with that of threads that it starts."""
    with _traced_by(None):
        yield


@contextmanager
def _traced_by(tracer: "TraceFunction | None") -> Iterator[None]:
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        yield
    finally:
        sys.settrace(before)


@contextmanager
def _resuming(tracer: "TraceFunction | None") -> Iterator[None]:
    global _resumed
    before, _resumed = _resumed, tracer
    try:
        yield
    finally:
        _resumed = before
