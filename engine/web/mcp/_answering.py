"""Answer the text of a request: one message, or a list of them where its revision allows that."""

from flask import Response
from werkzeug.datastructures import Headers

from engine.web.mcp import _methods
from engine.web.mcp._messages import (
    INVALID_REQUEST,
    UNKNOWN_METHOD,
    ClientResponse,
    Notification,
    Request,
    RpcError,
    error_of,
    id_of,
    message_of,
    parse,
    result_of,
)
from engine.web.mcp._revisions import MODERN, WITH_BATCHES, check_modern, revision_of

MOST = 10
"""Messages in a list: each may ask providers."""
UNKNOWN_STATUS = 404
"""The status of an unknown method since revision 2026-07-28, which has one for every error."""
WRONG_STATUS = 400


class RpcResponse(Response):
    """The answer to a request, or an acknowledgement without a body."""

    @classmethod
    def of(cls, body: bytes | None, status: int = 200) -> "RpcResponse":
        """Return the answer with JSON; without, for notifications, 202."""
        headers = {"Cache-Control": "no-store"}
        if body is None:
            response = cls(b"", 202, headers)
            del response.headers["Content-Type"]
            return response
        return cls(body, status, headers, mimetype="application/json")


def answer_to(text: bytes, headers: Headers) -> RpcResponse:
    """Return the answer to a request's text."""
    given: object = None
    modern = False
    try:
        given = parse(text)
        revision = revision_of(given, headers)
        modern = revision in MODERN
        if isinstance(given, list):
            return RpcResponse.of(_all(given, revision))
        message = message_of(given)
        if isinstance(message, Request):
            if modern:
                check_modern(message, headers)
            return RpcResponse.of(result_of(message, _methods.answer(message, revision)))
        if modern and isinstance(message, ClientResponse):
            raise RpcError(INVALID_REQUEST, "This server asks nothing, so that it takes no responses")
        return RpcResponse.of(None)
    except RpcError as error:
        status = _status(error) if modern else error.status
        return RpcResponse.of(error_of(id_of(given), error), status)


def _status(error: RpcError) -> int:
    """Return the status of an error since revision 2026-07-28."""
    return UNKNOWN_STATUS if error.code == UNKNOWN_METHOD else WRONG_STATUS


def _all(given: list[object], revision: str) -> bytes | None:
    """Return the responses to a list of messages; `None` where none expects one. Raises `RpcError`."""
    if revision not in WITH_BATCHES:
        raise RpcError(INVALID_REQUEST, f"Revision {revision} has no lists of messages")
    if not 1 <= len(given) <= MOST:
        raise RpcError(INVALID_REQUEST, f"A list has 1 to {MOST} messages")
    responses = [response for one in given if (response := _one(one, revision)) is not None]
    return b"[%b]" % b",".join(responses) if responses else None


def _one(given: object, revision: str) -> bytes | None:
    try:
        message = message_of(given)
        if isinstance(message, Notification | ClientResponse):
            return None
        if message.method == "initialize":
            raise RpcError(INVALID_REQUEST, "initialize must be the only message")
        return result_of(message, _methods.answer(message, revision))
    except RpcError as error:
        return error_of(id_of(given), error)
