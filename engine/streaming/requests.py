"""Parse clients' requests of a stream. Pure."""

from typing import Any, Literal

import msgspec
import orjson

from engine.streaming.cursors import Cursor, parse_cursor

Operation = Literal["subscribe", "unsubscribe", "list", "ping"]
MEMBERS: dict[Operation, frozenset[str]] = {
    "subscribe": frozenset(("op", "id", "channels", "closedOnly", "after")),
    "unsubscribe": frozenset(("op", "id", "channels")),
    "list": frozenset(("op", "id")),
    "ping": frozenset(("op", "id")),
}
LONGEST_ID = 64


class StreamRequest(msgspec.Struct, frozen=True):
    """A request. Its answer repeats the client's `id`."""

    operation: Operation
    id: str | int | None
    channels: tuple[str, ...] = ()
    closed_only: bool = False
    after: Cursor | None = None


class WrongRequest(Exception):
    """An invalid request. `id` is the client's, if it could be parsed."""

    def __init__(self, message: str, id_: str | int | None, details: dict[str, list[str]]) -> None:
        super().__init__(message)
        self.id = id_
        self.details = details


def read_request(text: str | bytes) -> StreamRequest:
    """Parse a request. Raises `WrongRequest`."""
    try:
        body = orjson.loads(text)
    except ValueError:
        raise WrongRequest("The message is not JSON", None, {}) from None
    if not isinstance(body, dict):
        raise WrongRequest("The message is not an object", None, {})
    id_ = body.get("id")
    if not _is_id(id_):
        raise _wrong("id", f"must be an integer, a text of {LONGEST_ID} characters at most, or null", None)
    operation = _operation(body, id_)
    for name in body:
        if name not in MEMBERS[operation]:
            raise _wrong(str(name)[:40], "unknown", id_)
    return StreamRequest(
        operation,
        id_,
        _channels(body, id_) if operation in ("subscribe", "unsubscribe") else (),
        _flag(body, id_),
        _after(body, id_),
    )


def _operation(body: dict[str, Any], id_: str | int | None) -> Operation:
    operation = body.get("op")
    if not isinstance(operation, str) or operation not in MEMBERS:
        raise _wrong("op", f"must be one of {', '.join(MEMBERS)}", id_)
    return operation


def _is_id(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_ID
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _channels(body: dict[str, Any], id_: str | int | None) -> tuple[str, ...]:
    channels = body.get("channels")
    if not isinstance(channels, list) or not channels or not all(isinstance(one, str) for one in channels):
        raise _wrong("channels", "must be a list of texts", id_)
    return tuple(dict.fromkeys(channels))


def _flag(body: dict[str, Any], id_: str | int | None) -> bool:
    flag = body.get("closedOnly", False)
    if not isinstance(flag, bool):
        raise _wrong("closedOnly", "must be true or false", id_)
    return flag


def _after(body: dict[str, Any], id_: str | int | None) -> Cursor | None:
    text = body.get("after")
    if text is None:
        return None
    cursor = parse_cursor(text) if isinstance(text, str) else None
    if cursor is None:
        raise _wrong("after", "is no cursor", id_)
    return cursor


def _wrong(name: str, message: str, id_: object) -> WrongRequest:
    known = id_ if isinstance(id_, str | int) else None
    return WrongRequest("The request is not valid", known, {name: [message]})
