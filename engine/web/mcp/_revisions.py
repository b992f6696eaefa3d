"""The revisions of the Model Context Protocol, and which one a request speaks.

https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import Headers

from engine.web.mcp._messages import INVALID_PARAMS, Request, RpcError

MODERN = ("2026-07-28",)
"""Revisions whose requests carry their version and need no handshake."""
LEGACY = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Revisions that begin with `initialize`, the newest first."""
SUPPORTED = (*MODERN, *LEGACY)
WITH_BATCHES = ("2025-03-26", "2024-11-05")
WITH_STRUCTURE = (*MODERN, "2025-11-25", "2025-06-18")
"""Revisions whose tools have titles and structured content."""
UNNAMED = "2025-03-26"
"""What a request without the header speaks: the revision before that header."""

HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022
PREFIX = "io.modelcontextprotocol/"
VERSION_KEY = f"{PREFIX}protocolVersion"
CAPABILITIES_KEY = f"{PREFIX}clientCapabilities"
NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
"""The parameter that `Mcp-Name` repeats, by method."""
ENCODED = ("=?base64?", "?=")


def revision_of(message: object, headers: Headers) -> str:
    """Return the revision of a request, by its metadata and `MCP-Protocol-Version`. Raises `RpcError`.

    `message` is parsed JSON of any shape.
    """
    header, named = headers.get("MCP-Protocol-Version"), _metadata(message).get(VERSION_KEY)
    if named is None and header not in MODERN:
        if header is not None and header not in LEGACY:
            raise _unsupported(header)
        return header or UNNAMED
    if named is None and isinstance(message, dict) and "id" not in message:
        return str(header)  # no revision says what the headers of a notification are
    if named is None:
        raise RpcError(INVALID_PARAMS, f"params._meta lacks {VERSION_KEY}", status=400)
    if header is None or header != named:
        raise _mismatch(f"MCP-Protocol-Version and _meta {VERSION_KEY} differ")
    if named not in MODERN:
        raise _unsupported(named)
    return str(named)


def check_modern(request: Request, headers: Headers) -> None:
    """Check what a request without a handshake carries: its metadata and mirrored headers.

    Raises `RpcError`.
    """
    if not isinstance(_metadata({"params": request.params}).get(CAPABILITIES_KEY), dict):
        raise RpcError(INVALID_PARAMS, f"params._meta lacks {CAPABILITIES_KEY}", status=400)
    if headers.get("Mcp-Method") != request.method:
        raise _mismatch("Mcp-Method is missing, or differs from the method")
    if request.method in NAMED_BY:
        name = request.params.get(NAMED_BY[request.method])
        if isinstance(name, str) and _decoded(headers.get("Mcp-Name")) != name:
            raise _mismatch("Mcp-Name is missing, or differs from the name in the parameters")


def _metadata(message: object) -> Mapping[str, Any]:
    params = message.get("params") if isinstance(message, dict) else None
    meta = params.get("_meta") if isinstance(params, dict) else None
    return meta if isinstance(meta, dict) else {}


def _decoded(value: str | None) -> str | None:
    """Return the text of a header, which may be in base64; `None` for a broken one."""
    begin, end = ENCODED
    if value is None or not (value.startswith(begin) and value.endswith(end)):
        return value
    try:
        return base64.b64decode(value[len(begin) : -len(end)], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _mismatch(message: str) -> RpcError:
    return RpcError(HEADER_MISMATCH, f"Header mismatch: {message}", status=400)


def _unsupported(version: object) -> RpcError:
    data = {"supported": list(SUPPORTED), "requested": str(version)[:40]}
    return RpcError(UNSUPPORTED_VERSION, "Unsupported protocol version", data, status=400)
