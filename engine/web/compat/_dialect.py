"""Blueprints of dialects: each dialect has its format for all failures, wherever they come from."""

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from engine.errors import ApiError, unforeseen
from engine.web.errors import error_headers, from_http_exception

Failure = tuple[object, int]
"""The body of a failure and its status."""
READ_METHODS = ("GET", "HEAD", "OPTIONS")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""The methods that the fallback accepts; Flask adds HEAD and OPTIONS."""


def dialect(name: str, prefix: str, translate: Callable[[ApiError], Failure]) -> Blueprint:
    """Return a blueprint under `prefix` whose failures `translate` builds, also those of unknown paths."""
    bp = Blueprint(name, __name__, url_prefix=prefix)

    def respond(error: ApiError) -> Response:
        content, status = translate(error)
        body = orjson.dumps(content)
        return Response(body, status, error_headers(body, error.retry_after))

    def respond_to_http_exception(error: HTTPException) -> Response:
        response = respond(from_http_exception(error))
        if allowed := dict(error.get_headers()).get("Allow"):
            response.headers["Allow"] = allowed
        return response

    bp.register_error_handler(ApiError, respond)
    bp.register_error_handler(HTTPException, respond_to_http_exception)
    bp.register_error_handler(Exception, lambda error: respond(unforeseen(error)))

    @bp.after_request
    def set_allow(response: Response) -> Response:
        """Set `Allow` to the methods of this path, without those of the fallback."""
        if request.method == "OPTIONS" and request.url_rule:
            response.headers["Allow"] = ", ".join(sorted(request.url_rule.methods or READ_METHODS))
        return response

    @bp.route("/", defaults={"rest": ""}, methods=METHODS)
    @bp.route("/<path:rest>", methods=METHODS)
    def fallback(rest: str) -> Response:
        """Refuse unknown paths with 404, and other methods with 405."""
        raise NotFound if request.method in READ_METHODS else MethodNotAllowed(READ_METHODS)

    fallback.missing = True  # type: ignore[attr-defined]
    return bp
