"""The one boundary that turns failures into answers, all with the same JSON body."""

import time
from collections.abc import Mapping

import orjson
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from engine.errors import INTERNAL, ApiError, unforeseen
from engine.web.hints import hints
from engine.web.negotiation import JSON, PROBLEM, wants_problem

FRAMEWORK_CODES = {
    400: "INVALID_PARAMETER",
    401: "UNAUTHORIZED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    414: "URI_TOO_LONG",
    429: "RATE_LIMITED",
    431: "HEADERS_TOO_LARGE",
}

HELP = ("Link", '</docs#http/description/failures>; rel="help"')
"""Leads from a failure to the table of codes."""
TYPES = "urn:crypto-data-engine:error:"
"""What precedes the code in the type of a problem."""
MESSAGES = {
    404: "Not found",
    405: "Method not allowed",
    429: "Too many requests",
    500: INTERNAL,
}


def error_body(
    code: str, message: str, details: Mapping[str, object] | None = None, retry_after: int | None = None
) -> bytes:
    """Return the common body of failures."""
    error = error_of(ApiError(message, details, code=code, retry_after=retry_after))
    return orjson.dumps({"success": False, "error": error, "timestamp": int(time.time())})


def refusal(failure: ApiError, accept: str) -> tuple[bytes, list[tuple[str, str]]]:
    """Return the body and the headers of a failure, as RFC 9457 describes it where a client asks for that."""
    if not wants_problem(accept):
        body = error_body(failure.code, failure.message, failure.details, failure.retry_after)
        return body, [*error_headers(body, failure.retry_after), HELP]
    body = orjson.dumps(problem_of(failure))
    return body, [*error_headers(body, failure.retry_after, PROBLEM), HELP]


def problem_of(failure: ApiError) -> dict[str, object]:
    """Return the content of a failure as RFC 9457 describes it."""
    error = error_of(failure)
    return {
        "type": f"{TYPES}{failure.code}",
        "title": failure.code.replace("_", " ").capitalize(),
        "status": failure.status,
        "detail": error.pop("message"),
        **error,
    }


def error_of(failure: ApiError) -> dict[str, object]:
    """Return the member `error` of a failure's body."""
    error: dict[str, object] = {"code": failure.code, "message": failure.message}
    if failure.details:
        error["details"] = failure.details
    if failure.retry_after is not None:
        error["retryAfter"] = failure.retry_after
    return error


def rate_limited(retry_after: int) -> Response:
    """Return the answer to a client whose quota is spent; `retry_after` is in seconds."""
    return response_of(too_many(retry_after))


def too_many(retry_after: int) -> ApiError:
    """Return the failure of a spent quota."""
    return ApiError("Too many requests", code="RATE_LIMITED", status=429, retry_after=retry_after)


def register(app: Flask) -> None:
    """Make `app` answer every failure with the common body, including those of Flask."""
    app.register_error_handler(ApiError, response_of)
    app.register_error_handler(HTTPException, response_of_exception)
    app.register_error_handler(Exception, _unforeseen)


def response_of(error: ApiError) -> Response:
    """Return the answer to the current request that says a failure."""
    body, headers = refusal(error, request.headers.get("Accept", ""))
    return Response(body, error.status, headers)


def response_of_exception(error: HTTPException) -> Response:
    """Return the answer to the current request that says an exception of the framework."""
    if isinstance(error.response, Response):
        return error.response
    failure = from_http_exception(error)
    if failure.status == 404:
        failure.details = hints(request.path, current_app)
    response = response_of(failure)
    if allowed := dict(error.get_headers()).get("Allow"):
        response.headers["Allow"] = allowed
    return response


def from_http_exception(error: HTTPException) -> ApiError:
    """Convert an exception of the framework."""
    if isinstance(error.response, Response):
        wait = error.response.headers.get("Retry-After", "")
    else:
        wait = dict(error.get_headers()).get("Retry-After", "")
    status = error.code or 500
    return ApiError(
        MESSAGES.get(status) or error.description or error.name,
        code=FRAMEWORK_CODES.get(status, "INTERNAL_ERROR" if status >= 500 else "INVALID_REQUEST"),
        status=status,
        retry_after=int(wait) if wait.isdecimal() else None,
    )


def _unforeseen(error: Exception) -> Response:
    return response_of(unforeseen(error))


def error_headers(body: bytes, retry_after: int | None = None, media: str = JSON) -> list[tuple[str, str]]:
    """Return the headers of a failure, which no cache may keep."""
    headers = [("Content-Type", media), ("Content-Length", f"{len(body)}")]
    headers.append(("Cache-Control", "no-store"))
    if retry_after is not None:
        headers.append(("Retry-After", f"{retry_after}"))
    return headers
