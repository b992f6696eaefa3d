"""The failures of endpoints, by status, with the codes of their common body."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from marshmallow import Schema

from engine.web.negotiation import JSON, PROBLEM
from engine.web.openapi import _examples, _headers
from schemas import ErrorAnswer, ProblemAnswer

SCHEMA = "#/components/schemas/ErrorAnswer"
AS_PROBLEM = "#/components/schemas/Problem"
MEANINGS = {
    400: "A parameter or the body is invalid; see `details`",
    401: "The API key is unknown, or the endpoint needs one: `UNAUTHORIZED`",
    403: "The page is of an origin that is not allowed: `FORBIDDEN`",
    404: "The endpoint is disabled: `FEATURE_DISABLED`; there is no history: `HISTORY_DISABLED`; "
    "or no such thing: `NOT_FOUND`",
    405: "The method is not allowed: `METHOD_NOT_ALLOWED`",
    408: "The body takes too long to arrive: `REQUEST_TIMEOUT`",
    413: "The body is too large: `PAYLOAD_TOO_LARGE`",
    414: "The URL is too long: `URI_TOO_LONG`",
    422: "Fewer candles exist than are required: `INSUFFICIENT_DATA`; or the range is too large: "
    "`RANGE_TOO_LARGE`",
    426: "The request is none of a WebSocket: `UPGRADE_REQUIRED`",
    429: "The quota is spent: `RATE_LIMITED`",
    431: "There are too many headers, or too long ones: `HEADERS_TOO_LARGE`",
    500: "An internal error: `INTERNAL_ERROR`",
    503: "Every provider failed and no data is cached: `PROVIDER_ERROR`, with each reason in `details`; "
    "or the server is overloaded, or its database does not answer: `OVERLOADED`",
    507: "The history has no room for the job: `STORAGE_FULL`",
}
WAITING = (429, 503)
UNREAD = (414, 431)
"""Statuses that the server sends before it knows the endpoint: always in the common body, and not counted."""


def describe(spec: APISpec) -> None:
    """Add the common body, and a response for each status, to the document."""
    spec.components.schema("ErrorAnswer", schema=ErrorAnswer)
    spec.components.schema("Problem", schema=ProblemAnswer)
    for status, meaning in MEANINGS.items():
        spec.components.response(name(status), _response(status, meaning))


def name(status: int) -> str:
    """Return a failure's name in the document: `TooManyRequests`."""
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def references(statuses: Iterable[int]) -> dict[str, Any]:
    """Return references to the responses of an operation with these failures."""
    return {str(status): {"$ref": f"#/components/responses/{name(status)}"} for status in sorted(statuses)}


def responses(statuses: Iterable[int], schema: type[Schema]) -> dict[str, Any]:
    """Return the responses of an operation with these failures in the shape of `schema`."""
    common = {status for status in statuses if schema is ErrorAnswer or status in UNREAD}
    others = sorted(set(statuses) - common)
    return references(common) | {
        str(status): _response(status, HTTPStatus(status).phrase, schema) for status in others
    }


def _response(status: int, meaning: str, schema: type[Schema] | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema or {"$ref": SCHEMA}}
    if schema is None and (example := _examples.failure(status)):
        content["example"] = example
    headers = _headers.references(
        _headers.HELP if schema is None else {},
        _headers.RETRY if status in WAITING else {},
        _headers.REFUSED.get(status, {}),
        _headers.QUOTA if status not in UNREAD else {},
        _headers.of(schema) if schema else {},
    )
    contents: dict[str, Any] = {JSON: content}
    if schema is None:
        contents[PROBLEM] = {"schema": {"$ref": AS_PROBLEM}}
    return {"description": meaning, "content": contents, "headers": headers}
