"""The failures an endpoint can meet, by status, with the codes of their one body."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from marshmallow import Schema

from engine.web.openapi import _examples, _headers
from schemas import ErrorAnswer

SCHEMA = "#/components/schemas/Error"
MEANINGS = {
    400: "A parameter or the body is wrong: `details` says what",
    401: "A key was sent that is nobody's: `UNAUTHORIZED`",
    404: "The endpoint is disabled: `FEATURE_DISABLED`",
    405: "Not with this method: `METHOD_NOT_ALLOWED`",
    408: "The body takes too long to arrive: `REQUEST_TIMEOUT`",
    413: "The body is too large: `PAYLOAD_TOO_LARGE`",
    414: "The address is too long: `URI_TOO_LONG`",
    422: "There are fewer candles than are required: `INSUFFICIENT_DATA`",
    429: "The quota is spent: `RATE_LIMITED`",
    431: "There are too many headers, or too long ones: `HEADERS_TOO_LARGE`",
    500: "A fault of the engine's: `INTERNAL_ERROR`",
    503: "Every provider failed and nothing is kept: `PROVIDER_ERROR`, `details` has a reason for each; "
    "or there is no room now: `OVERLOADED`",
}
WAITING = (429, 503)
UNREAD = (414, 431)
"""Told by the server before it knows what is asked for: in the one shape everywhere, and not counted."""


def describe(spec: APISpec) -> None:
    """Put the one body, and a response for each status, into the document."""
    spec.components.schema("Error", schema=ErrorAnswer)
    for status, meaning in MEANINGS.items():
        spec.components.response(name(status), _response(status, meaning))


def name(status: int) -> str:
    """What a failure is called in the document: `TooManyRequests`."""
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def references(statuses: Iterable[int]) -> dict[str, Any]:
    """The responses of an operation that can fail so."""
    return {str(status): {"$ref": f"#/components/responses/{name(status)}"} for status in sorted(statuses)}


def responses(statuses: Iterable[int], schema: type[Schema]) -> dict[str, Any]:
    """The responses of an operation that can fail so, where a failure has the shape of `schema`."""
    own = {status for status in statuses if schema is ErrorAnswer or status in UNREAD}
    others = sorted(set(statuses) - own)
    return references(own) | {
        str(status): _response(status, HTTPStatus(status).phrase, schema) for status in others
    }


def _response(status: int, meaning: str, schema: type[Schema] | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema or {"$ref": SCHEMA}}
    if schema is None and (example := _examples.failure(status)):
        content["example"] = example
    headers = _headers.references(
        _headers.RETRY if status in WAITING else {},
        _headers.REFUSED.get(status, {}),
        _headers.QUOTA if status not in UNREAD else {},
    )
    return {"description": meaning, "content": {"application/json": content}, "headers": headers}
