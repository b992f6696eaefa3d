"""Call a tool as its endpoint is called: the same quota, the same use case, the same failures."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import request

from engine.cache.answers import Answer
from engine.errors import ApiError
from engine.web.access.admission import spend
from engine.web.access.quotas import QUOTA
from engine.web.errors import error_of
from engine.web.mcp._arguments import read
from engine.web.mcp._messages import INVALID_PARAMS, RpcError
from engine.web.mcp._tools import served
from engine.web.responses import SCOPE
from engine.web.services import current_services
from schemas import shorten

COUNTED = "engine.mcp.counted"
"""Where a request's WSGI environment says that a quota has counted it."""


def call(params: Mapping[str, Any], *, structured: bool) -> dict[str, object]:
    """Return the result of a tool; a failure is a result, too, so that a model learns of it.

    Raises `RpcError` for a tool that there is not.
    """
    name, arguments = params.get("name"), params.get("arguments", {})
    tools = served(current_services().settings)
    if not isinstance(name, str) or name not in tools:
        known = ", ".join(tools)
        raise RpcError(INVALID_PARAMS, f"Unknown tool: {shorten(str(name))}. There are: {known}")
    if not isinstance(arguments, dict):
        raise RpcError(INVALID_PARAMS, "arguments must be an object")
    tool = tools[name]
    before = {key: request.environ.get(key) for key in (SCOPE, QUOTA)}
    request.environ[COUNTED] = True
    try:
        spend(tool.quota, tool.scope)
        found = tool.call(read(tool.arguments, tool.input_schema, arguments))
    except ApiError as failure:
        return _failed(failure)
    finally:
        request.environ.update(before)
    body = found.body(current_services().clock()) if isinstance(found, Answer) else orjson.dumps(found)
    content = {"content": [_text(body)], "isError": False}
    return content | ({"structuredContent": orjson.Fragment(body)} if structured else {})


def _failed(failure: ApiError) -> dict[str, object]:
    """Return a failure as text alone: structured content has the schema of an answer."""
    body = orjson.dumps({"success": False, "error": error_of(failure)})
    return {"content": [_text(body)], "isError": True}


def _text(body: bytes) -> dict[str, str]:
    return {"type": "text", "text": body.decode()}
