"""The id of the current request, received from the client or generated, which follows its work everywhere.

Threads of pools start without one, so `with_request_id` wraps what is submitted to them. The open span
follows in the same way.
"""

import itertools
import os
import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from engine.telemetry._work import REQUEST, SPAN

T = TypeVar("T")

HEADER = "X-Request-ID"
HARMLESS = re.compile("[A-Za-z0-9._:-]{1,64}").fullmatch
"""Ids that clients may send: nothing that has a meaning in a log or a header."""


class RequestIds:
    """Generate ids that are unique among processes: a random prefix for each process, then a count.

    A count needs no system call, which would slow every cached answer.
    """

    def __init__(self) -> None:
        self.begin_anew()
        os.register_at_fork(after_in_child=self.begin_anew)

    def begin_anew(self) -> None:
        """Start a new prefix and count, as a forked process must."""
        self._first = os.urandom(5).hex()
        self._count = itertools.count()

    def next(self) -> str:
        """Return sixteen letters and digits."""
        return f"{self._first}{next(self._count) & 0xFFFFFF:06x}"


_ids = RequestIds()


def current() -> str:
    """Return the id of the current work, or an empty text outside of requests."""
    return REQUEST.get()


def begin(sent: str | None = None) -> str:
    """Start a request: adopt the id that was `sent`, if it is harmless, or generate one. Return it."""
    chosen = sent if sent is not None and HARMLESS(sent) else _ids.next()
    REQUEST.set(chosen)
    return chosen


def with_request_id(call: Callable[..., T], *arguments: Any) -> Callable[[], T]:
    """Wrap `call` so that a pool runs it under the current request's id, within its open span."""
    return partial(_run_under, REQUEST.get(), SPAN.get(), call, *arguments)


def with_new_id(kind: str, call: Callable[..., T], *arguments: Any) -> Callable[[], T]:
    """Wrap `call` so that a pool runs it under a new id, which names its `kind` of work.

    It is within no span: it may outlive the request that caused it.
    """
    return partial(_run_under, f"{kind}-{_ids.next()}", None, call, *arguments)


def _run_under(name: str, span: object | None, call: Callable[..., T], *arguments: Any) -> T:
    of_name, of_span = REQUEST.set(name), SPAN.set(span)
    try:
        return call(*arguments)
    finally:
        SPAN.reset(of_span)
        REQUEST.reset(of_name)
