"""What every dialect does the same: its failures have its own shape, wherever they come from."""

from collections.abc import Callable

import orjson
from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException, NotFound

from engine.errors import ApiError, error_headers, own

Told = tuple[object, int]
"""The body of a failure and its status."""


def dialect(name: str, prefix: str, tell: Callable[[ApiError], Told]) -> Blueprint:
    """A blueprint under `prefix` that tells its failures by `tell`, those of unknown addresses included."""
    bp = Blueprint(name, __name__, url_prefix=prefix)

    def told(error: ApiError) -> Response:
        body, status = tell(error)
        sent = orjson.dumps(body)
        return Response(sent, status, error_headers(sent, error.retry_after))

    def told_of_the_framework(error: HTTPException) -> Response:
        response = told(own(error))
        if allowed := dict(error.get_headers()).get("Allow"):
            response.headers["Allow"] = allowed
        return response

    bp.register_error_handler(ApiError, told)
    bp.register_error_handler(HTTPException, told_of_the_framework)

    @bp.route("/", defaults={"rest": ""})
    @bp.route("/<path:rest>")
    def nothing(rest: str) -> Response:
        """Nothing else is at these addresses."""
        raise NotFound

    return bp
