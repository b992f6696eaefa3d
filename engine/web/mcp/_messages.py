"""Messages of JSON-RPC 2.0: https://www.jsonrpc.org/specification."""

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from engine.web._shape import DEEPEST, MOST_PARTS, is_modest
from schemas import shorten

PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602
STATUS = {PARSE_ERROR: 400, INVALID_REQUEST: 400}
"""The HTTP status of errors that concern the transport; other errors are answers like any other."""

Id = str | int | None


class RpcError(Exception):
    """A request that cannot be answered. `status` is that of HTTP, where the error is the whole answer."""

    def __init__(
        self, code: int, message: str, data: Mapping[str, object] | None = None, *, status: int | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data
        self.status = status or STATUS.get(code, 200)


class Request(msgspec.Struct, frozen=True):
    """A method that is called, and expects a response under its id."""

    id: Id
    method: str
    params: Mapping[str, Any] = msgspec.field(default_factory=dict)


class Notification(msgspec.Struct, frozen=True):
    """A message that expects no response."""

    method: str


class ClientResponse(msgspec.Struct, frozen=True):
    """A client's response. This server asks nothing, so that it means nothing."""


Message = Request | Notification | ClientResponse


def parse(text: bytes) -> object:
    """Return what the text says in JSON. Raises `RpcError`."""
    if not is_modest(text):
        message = f"The message has more than {MOST_PARTS} parts, or more than {DEEPEST} within each other"
        raise RpcError(INVALID_REQUEST, message)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RpcError(PARSE_ERROR, "The body is not JSON") from error


def message_of(given: object) -> Message:
    """Return the message that parsed JSON is. Raises `RpcError`."""
    if not isinstance(given, dict) or given.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, 'A message is an object with "jsonrpc": "2.0"')
    if "id" in given and not _is_id(given["id"]):
        raise RpcError(INVALID_REQUEST, "An id is a text or an integer")
    if "method" not in given and "id" in given and ("result" in given or "error" in given):
        return ClientResponse()
    method, params = given.get("method"), given.get("params", {})
    if not isinstance(method, str):
        raise RpcError(INVALID_REQUEST, "A method is a text")
    if not isinstance(params, dict):
        raise RpcError(INVALID_PARAMS, "Parameters are an object")
    return Request(given["id"], method, params) if "id" in given else Notification(method)


def id_of(given: object) -> Id:
    """Return the id of a message of any shape; `None` where it has none that can be repeated."""
    found = given.get("id") if isinstance(given, dict) else None
    return found if _is_id(found) else None


def result_of(request: Request, result: Mapping[str, object]) -> bytes:
    """Return the response with a result."""
    return orjson.dumps({"jsonrpc": "2.0", "id": request.id, "result": result})


def error_of(id_: Id, error: RpcError) -> bytes:
    """Return the response with an error."""
    content: dict[str, object] = {"code": error.code, "message": error.message}
    if error.data is not None:
        content["data"] = error.data
    return orjson.dumps({"jsonrpc": "2.0", "id": id_, "error": content})


def unknown_method(method: str) -> RpcError:
    """Return the error for a method that there is not."""
    return RpcError(UNKNOWN_METHOD, f"Unknown method: {shorten(method)}")


def _is_id(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
