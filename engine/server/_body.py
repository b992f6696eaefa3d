"""Request bodies, which must arrive within a time limit."""

import time
from collections.abc import Callable
from typing import Any

import gevent
from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.http.errors import ParseException

from engine.web.bodies import BrokenBody, LateBody

SLOWEST_SENDER = 30.0
"""Seconds that a client may take to send a whole body."""


def is_unread(body: Body) -> bool:
    """Return whether the request body is still unread. Such a body may be endless."""
    reader = body.reader
    if isinstance(reader, LengthReader):
        return bool(reader.length > 0)
    return isinstance(reader, ChunkedReader) and reader.parser is not None


class CheckedBody(Body):  # type: ignore[misc]
    """Wraps gunicorn's body `reader`. Reading raises `BrokenBody` for a malformed body."""

    def _read_reader(self, size: int) -> bytes:
        try:
            some: bytes = super()._read_reader(size)
        except TimeoutError as late:
            raise LateBody from late
        except (ParseException, OSError) as broken:
            raise BrokenBody("The body is malformed") from broken
        return some


class TimedBody(CheckedBody):
    """The same with a time limit."""

    def __init__(self, reader: Any, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(reader)
        self._clock = clock
        self._until = clock() + SLOWEST_SENDER

    def _read_reader(self, size: int) -> bytes:
        left = max(0.0, self._until - self._clock())
        with gevent.Timeout(left, TimeoutError("the body took too long")):
            return super()._read_reader(size)
