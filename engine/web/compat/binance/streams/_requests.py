"""Parse clients' requests of Binance's streams. Pure functions."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import orjson

METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
COMBINED = "combined"
"""The only property: whether payloads are wrapped with the name of their stream."""
UNKNOWN_PROPERTY, WRONG_TYPE, INVALID, NO_JSON = 0, 1, 2, 3
LONGEST_ID = 36
INT64 = 1 << 63

Id = int | str | None


class Request(msgspec.Struct, frozen=True):
    """A request with the client's `id`. `value` is the new value of the property."""

    method: str
    id: Id
    names: tuple[str, ...] = ()
    value: bool | None = None


@dataclass(slots=True)
class Refusal(Exception):
    """Binance's error: a code and a message."""

    code: int
    message: str
    id: Id = field(default=None)

    def body(self) -> dict[str, object]:
        """Return the error as Binance sends it."""
        return {"error": {"code": self.code, "msg": self.message}, "id": self.id}


def invalid(message: str, id_: Id = None) -> Refusal:
    """Return the error for a request that cannot be served."""
    return Refusal(INVALID, f"Invalid request: {message}", id_)


def read_request(text: bytes) -> Request:
    """Parse a request. Raises `Refusal`."""
    try:
        body = orjson.loads(text)
    except ValueError as error:
        raise Refusal(NO_JSON, f"Invalid JSON: {error}"[:200]) from None
    if not isinstance(body, dict):
        raise invalid("must be an object")
    id_ = _id(body.get("id"))
    method = body.get("method")
    if method not in METHODS:
        known = ", ".join(f"`{name}`" for name in METHODS)
        raise invalid(f"unknown variant `{str(method)[:40]}`, expected one of {known}", id_)
    params = body.get("params", [])
    if not isinstance(params, list):
        raise invalid("params must be a list", id_)
    if method in ("SUBSCRIBE", "UNSUBSCRIBE"):
        return Request(method, id_, _names(params, id_))
    return Request(method, id_, value=_property(method, params, id_))


def _id(value: Any) -> Id:
    if isinstance(value, str) and len(value) <= LONGEST_ID:
        return value
    if value is None or (type(value) is int and -INT64 <= value < INT64):
        return value
    raise invalid(f"request ID must be an integer, a text of {LONGEST_ID} characters at most, or null")


def _names(params: list[Any], id_: Id) -> tuple[str, ...]:
    if not params:
        raise invalid("too few parameters", id_)
    if not all(isinstance(name, str) for name in params):
        raise invalid("stream names must be texts", id_)
    return tuple(dict.fromkeys(params))


def _property(method: str, params: list[Any], id_: Id) -> bool | None:
    if method == "LIST_SUBSCRIPTIONS":
        return None
    if not params or not isinstance(params[0], str):
        raise invalid("property name must be a string", id_)
    if params[0] != COMBINED:
        raise Refusal(UNKNOWN_PROPERTY, "Unknown property", id_)
    if method == "GET_PROPERTY":
        return None
    if len(params) < 2 or not isinstance(params[1], bool):
        raise Refusal(WRONG_TYPE, "Invalid value type: expected Boolean", id_)
    return params[1]
