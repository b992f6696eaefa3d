"""Every failure a client can meet, and the one body all of them are told in."""

import logging
import time
from collections.abc import Mapping
from typing import ClassVar

import orjson
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from providers import ProviderError, Unavailable

RETRY_AFTER = 60
"""Seconds after which asking again makes sense, where no provider said better."""

log = logging.getLogger(__name__)


class ApiError(Exception):
    """A failure with a code of its own. `details` says what is wrong with what."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500

    def __init__(
        self,
        message: str,
        details: Mapping[str, object] | None = None,
        *,
        code: str | None = None,
        status: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.retry_after = retry_after
        self.own_code = code or self.code
        self.own_status = status or self.status

    def again(self) -> "ApiError":
        """The same failure anew: one that is raised again and again keeps the frames of every raise."""
        return type(self)(
            self.message,
            self.details,
            code=self.own_code,
            status=self.own_status,
            retry_after=self.retry_after,
        )


class InvalidRequest(ApiError):
    """The client asked for something that cannot be: `details` is `{parameter: [what is wrong]}`."""

    code = "INVALID_PARAMETER"
    status = 400


class FeatureDisabled(ApiError):
    """The operator has switched this off."""

    code = "FEATURE_DISABLED"
    status = 404

    def __init__(self, setting: str) -> None:
        super().__init__(f"This is switched off; {setting}=true switches it on")


class InsufficientData(ApiError):
    """There are not as many candles as are needed."""

    code = "INSUFFICIENT_DATA"
    status = 422

    @classmethod
    def of(cls, available: int, required: int) -> "InsufficientData":
        """With how many there are, and how many there should be."""
        return cls(
            f"Only {available} candles can be had, {required} are required",
            {"available": available, "required": required},
        )


class AllProvidersFailed(ApiError):
    """Nobody could answer; `details` has the reason of each."""

    code = "PROVIDER_ERROR"
    status = 503

    @classmethod
    def of(cls, failures: Mapping[str, ProviderError]) -> "AllProvidersFailed":
        """With the reason of each, and the shortest wait that any of them asked for."""
        waits = [
            error.retry_after
            for error in failures.values()
            if isinstance(error, Unavailable) and error.retry_after
        ]
        return cls(
            "All data providers are currently unavailable",
            {provider: error.reason for provider, error in failures.items()},
            retry_after=int(min(waits, default=RETRY_AFTER)) or 1,
        )


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
MESSAGES = {
    404: "There is nothing at this address",
    405: "This method is not allowed here",
    429: "Too many requests",
    500: "Something went wrong on our side",
}


def error_body(
    code: str, message: str, details: Mapping[str, object] | None = None, retry_after: int | None = None
) -> bytes:
    """The one body for every failure."""
    error: dict[str, object] = {"code": code, "message": message}
    if details:
        error["details"] = details
    if retry_after is not None:
        error["retryAfter"] = retry_after
    return orjson.dumps({"success": False, "error": error, "timestamp": int(time.time())})


def rate_limited(retry_after: int) -> Response:
    """The answer to a client that has spent its quota; `retry_after` in seconds."""
    return _response(
        error_body("RATE_LIMITED", "Too many requests", retry_after=retry_after), 429, retry_after
    )


def register(app: Flask) -> None:
    """Make `app` answer every failure, the framework's own included, with that body."""
    app.register_error_handler(ApiError, _own)
    app.register_error_handler(HTTPException, _of_the_framework)
    app.register_error_handler(Exception, _unforeseen)


def _own(error: ApiError) -> Response:
    body = error_body(error.own_code, error.message, error.details, error.retry_after)
    return _response(body, error.own_status, error.retry_after)


def _of_the_framework(error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response
    response = _own(own(error))
    if allowed := dict(error.get_headers()).get("Allow"):
        response.headers["Allow"] = allowed
    return response


def own(error: HTTPException) -> ApiError:
    """A failure of the framework's as one of ours."""
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
    return _own(unforeseen(error))


def unforeseen(error: BaseException) -> ApiError:
    """What is told of anything that is caught nowhere else: it is logged here, and nothing of it leaves."""
    log.error("unforeseen failure", exc_info=error)
    return ApiError(MESSAGES[500])


def _response(body: bytes, status: int, retry_after: int | None) -> Response:
    return Response(body, status, error_headers(body, retry_after))


def error_headers(body: bytes, retry_after: int | None = None) -> list[tuple[str, str]]:
    """What goes with a failure: nobody keeps it."""
    headers = [("Content-Type", "application/json"), ("Content-Length", f"{len(body)}")]
    headers.append(("Cache-Control", "no-store"))
    if retry_after is not None:
        headers.append(("Retry-After", f"{retry_after}"))
    return headers
