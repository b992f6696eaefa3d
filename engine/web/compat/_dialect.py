"""What every dialect does the same: its failures have its own shape, wherever they come from."""

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from engine.errors import ApiError, unforeseen
from engine.web.errors import error_headers, from_http_exception

Told = tuple[object, int]
"""The body of a failure and its status."""
READING = ("GET", "HEAD", "OPTIONS")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""What a request may be; Flask adds HEAD and OPTIONS."""


def dialect(name: str, prefix: str, tell: Callable[[ApiError], Told]) -> Blueprint:
    """A blueprint under `prefix` that tells its failures by `tell`, those of unknown addresses included."""
    bp = Blueprint(name, __name__, url_prefix=prefix)

    def told(error: ApiError) -> Response:
        body, status = tell(error)
        sent = orjson.dumps(body)
        return Response(sent, status, error_headers(sent, error.retry_after))

    def told_of_the_framework(error: HTTPException) -> Response:
        response = told(from_http_exception(error))
        if allowed := dict(error.get_headers()).get("Allow"):
            response.headers["Allow"] = allowed
        return response

    bp.register_error_handler(ApiError, told)
    bp.register_error_handler(HTTPException, told_of_the_framework)
    bp.register_error_handler(Exception, lambda error: told(unforeseen(error)))

    @bp.after_request
    def tell_what_is_allowed(response: Response) -> Response:
        """At this address alone, not what is refused at every one."""
        if request.method == "OPTIONS" and request.url_rule:
            response.headers["Allow"] = ", ".join(sorted(request.url_rule.methods or READING))
        return response

    @bp.route("/", defaults={"rest": ""}, methods=METHODS)
    @bp.route("/<path:rest>", methods=METHODS)
    def nothing(rest: str) -> Response:
        """Nothing else is at these addresses, and nothing else can be done at the others."""
        raise NotFound if request.method in READING else MethodNotAllowed(READING)

    nothing.missing = True  # type: ignore[attr-defined]
    return bp
