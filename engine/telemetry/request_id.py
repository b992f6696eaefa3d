"""Which request something is done for: an id that came with it or was made, carried wherever the work goes.

Pools start their threads with nothing, so what is handed to one is wrapped by `with_request_id`.
"""

import itertools
import os
import re
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

HEADER = "X-Request-ID"
HARMLESS = re.compile("[A-Za-z0-9._:-]{1,64}").fullmatch
"""What a client may call its request: nothing that means anything in a log or a header."""

_current: ContextVar[str] = ContextVar("request_id", default="")


class RequestIds:
    """Generate ids that are unique among processes: a random prefix for each process, then a count.

    A count needs no system call, which would slow every cached answer.
    """

    def __init__(self) -> None:
        self.begin_anew()
        os.register_at_fork(after_in_child=self.begin_anew)

    def begin_anew(self) -> None:
        """For a process of its own."""
        self._first = os.urandom(5).hex()
        self._count = itertools.count()

    def next(self) -> str:
        """Sixteen letters and digits."""
        return f"{self._first}{next(self._count) & 0xFFFFFF:06x}"


_ids = RequestIds()


def current() -> str:
    """The id of what is being done, empty where it is done for nobody in particular."""
    return _current.get()


def begin(sent: str | None = None) -> str:
    """The id of a request that begins now: the one that was `sent` with it, if that is harmless."""
    made = sent if sent is not None and HARMLESS(sent) else _ids.next()
    _current.set(made)
    return made


def with_request_id(call: Callable[..., T], *arguments: Any) -> Callable[[], T]:
    """`call`, to be done by a pool for the request at hand."""
    return partial(_done_for, _current.get(), call, *arguments)


def with_new_id(kind: str, call: Callable[..., T], *arguments: Any) -> Callable[[], T]:
    """`call`, to be done by a pool for no request: its id says what `kind` of work it is."""
    return partial(_done_for, f"{kind}-{_ids.next()}", call, *arguments)


def _done_for(name: str, call: Callable[..., T], *arguments: Any) -> T:
    token = _current.set(name)
    try:
        return call(*arguments)
    finally:
        _current.reset(token)
