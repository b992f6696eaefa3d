"""`POST /mcp`: tools for agents, over the Model Context Protocol's streamable HTTP transport.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http

The server keeps no sessions and opens no streams: each request has its whole answer, as JSON. `GET` and
`DELETE`, by which older revisions open and end them, get 405.
"""

from typing import NoReturn

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from engine.errors import ApiError, unforeseen
from engine.web.access.admission import spend
from engine.web.endpoint import endpoint
from engine.web.errors import error_headers, error_of, from_http_exception
from engine.web.mcp import _messages
from engine.web.mcp._answering import RpcResponse, answer_to
from engine.web.mcp._calling import COUNTED
from engine.web.mcp._messages import INVALID_PARAMS, INVALID_REQUEST, RpcError
from engine.web.request_body import held_body
from engine.web.responses import compress_readably
from engine.web.services import current_services
from schemas.mcp import MCP_ANSWER, McpBody, McpFailure

ALLOWED = ("OPTIONS", "POST")
QUOTA = "default"
"""The quota of all messages but calls of tools, which have that of their endpoint."""

bp = Blueprint("mcp", __name__)
bp.after_request(compress_readably)


@bp.post("/mcp", provide_automatic_options=False)
@endpoint(answer=MCP_ANSWER, failure=McpFailure, failures=(403, 404), unknown="exclude")
def post_mcp() -> RpcResponse:
    """Serve an agent that speaks the Model Context Protocol.

    A call of a tool counts against the quota of the endpoint that it stands for, anything else against this
    one. docs/agents.md describes the tools.
    """
    _check_origin()
    with held_body(McpBody.largest) as text:
        answer = answer_to(text, request.headers)
    if COUNTED not in request.environ:
        spend(QUOTA, str(request.endpoint))
    return answer


post_mcp.body, post_mcp.quota = McpBody, QUOTA  # type: ignore[attr-defined]


@bp.route("/mcp", methods=["OPTIONS"])
def get_methods() -> Response:
    """Say which methods there are; those of `fallback` are refused."""
    response = Response()
    response.allow.update(ALLOWED)
    return response


@bp.route("/mcp", methods=["GET", "PUT", "PATCH", "DELETE"], provide_automatic_options=False)
def fallback() -> NoReturn:
    """Refuse other methods, by which there would be sessions and streams."""
    raise MethodNotAllowed(ALLOWED)


fallback.missing = True  # type: ignore[attr-defined]


def _check_origin() -> None:
    """Refuse pages of foreign origins, which might have given this server another name (DNS rebinding)."""
    origin = request.headers.get("Origin")
    if origin is not None and not current_services().origins.allows(origin, request.host):
        raise ApiError("This origin is not allowed", code="FORBIDDEN", status=403)


@bp.errorhandler(ApiError)
def _respond(error: ApiError) -> Response:
    """Answer a failure of the whole request with an error of JSON-RPC, and the usual error in its data."""
    code = INVALID_PARAMS if error.code == "INVALID_PARAMETER" else CODES.get(error.status, error.status)
    body = _messages.error_of(None, RpcError(code, error.message, error_of(error)))
    return Response(body, error.status, error_headers(body, error.retry_after))


@bp.errorhandler(HTTPException)
def _respond_to_http_exception(error: HTTPException) -> Response:
    response = _respond(from_http_exception(error))
    if allowed := dict(error.get_headers()).get("Allow"):
        response.headers["Allow"] = allowed
    return response


@bp.errorhandler(Exception)
def _respond_to_unforeseen(error: Exception) -> Response:
    return _respond(unforeseen(error))


CODES = {400: INVALID_REQUEST, 408: INVALID_REQUEST, 413: INVALID_REQUEST, 500: -32603}
"""The codes of JSON-RPC for some statuses; other failures have their status as the code."""
