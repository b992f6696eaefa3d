"""Read the JSON body of a request within its share of memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import orjson
from flask import request
from marshmallow import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from engine.errors import ApiError, InvalidRequest
from engine.web._shape import DEEPEST, MOST_PARTS, is_modest
from engine.web.access.quotas import CALLER
from engine.web.bodies import BrokenBody
from engine.web.capacity import Capacity
from engine.web.services import current_services
from schemas import Body, CodedField, shorten

PIECE = 16 * 1024
"""Bytes that are read at a time; they are reserved before the wait for each piece."""
WAIT = 1
"""Seconds until there may be free memory."""
MESSAGE = "The request is not valid"


@contextmanager
def loaded_body(schema: Body) -> Iterator[dict[str, Any]]:
    """Yield the validated members of the body's object, whose memory is reserved until the block ends.

    The `Content-Type` does not matter. Raises `InvalidRequest`, `BrokenBody`, `RequestEntityTooLarge`, and
    `ApiError` if memory is short.
    """
    with held_body(schema.largest) as text:
        yield _load(schema, text)


@contextmanager
def held_body(largest: int) -> Iterator[bytes]:
    """Yield the body of at most `largest` bytes, whose memory is reserved until the block ends.

    Raises `BrokenBody`, `RequestEntityTooLarge`, and `ApiError` if memory is short.
    """
    with HeldCapacity(current_services().bodies, _client()) as held:
        yield _read(largest, held)


class HeldCapacity:
    """The units of `capacity` that one request holds until the block ends."""

    def __init__(self, capacity: Capacity, client: str) -> None:
        self._capacity = capacity
        self._client = client
        self._taken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._taken:
            self._capacity.release(self._taken, self._client)

    def take(self, size: int) -> None:
        """Take `size` bytes more. Raises `ApiError`."""
        if not self._capacity.acquire(size, self._client):
            if self._capacity.is_for_others(size, self._client):
                raise ApiError(
                    "Too many request bodies at once", code="RATE_LIMITED", status=429, retry_after=WAIT
                )
            raise ApiError(
                "No memory for a request body now", code="OVERLOADED", status=503, retry_after=WAIT
            )
        self._taken += size


def _client() -> str:
    caller = request.environ.get(CALLER)
    return "" if caller is None else str(caller.bucket)


def _is_chunked() -> bool:
    return "HTTP_TRANSFER_ENCODING" in request.environ


def _read(largest: int, held: HeldCapacity) -> bytes:
    """Return the body. Reads nothing if its announced length is too large, and stops at the limit."""
    announced = request.content_length
    if announced is None and not _is_chunked():
        announced = 0
    if announced is not None and announced > largest:
        raise _too_large(largest)
    most = largest + 1 if announced is None else announced
    stream = request.environ["wsgi.input"]
    pieces = []
    taken = 0
    while taken < most:
        size = min(PIECE, most - taken)
        held.take(size)
        piece = stream.read(size)
        if not piece:
            break
        taken += len(piece)
        pieces.append(piece)
    if taken > largest:
        raise _too_large(largest)
    if announced is not None and taken < announced:
        raise BrokenBody("The body ends too early")
    return b"".join(pieces)


def _too_large(largest: int) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"The body may have at most {largest} bytes")


def _load(schema: Body, text: bytes) -> dict[str, Any]:
    if not is_modest(text):
        wrong = f"has more than {MOST_PARTS} parts, or more than {DEEPEST} of them within each other"
        raise InvalidRequest(MESSAGE, {"body": [wrong]})
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(MESSAGE, {"body": ["is not JSON"]}) from error
    if not isinstance(given, dict):
        raise InvalidRequest(MESSAGE, {"body": ["must be an object"]})
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        wrong_members = {shorten(name): wrong for name, wrong in messages.items()}
        codes = [
            getattr(schema.fields[name], "error_code", "")
            for name in messages
            if _has_code(schema, name, given)
        ]
        raise InvalidRequest(MESSAGE, wrong_members, code=next(iter(codes), None)) from error
    return loaded


def _has_code(schema: Body, name: str, given: dict[str, Any]) -> bool:
    """Return whether a wrong member that was sent has its own code."""
    return name in given and isinstance(schema.fields.get(name), CodedField)
