"""The methods of the protocol, each as its revision has it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson

from engine.version import VERSION
from engine.web.mcp import _calling
from engine.web.mcp._messages import INVALID_PARAMS, Request, RpcError, unknown_method
from engine.web.mcp._revisions import LEGACY, MODERN, PREFIX, SUPPORTED, WITH_STRUCTURE
from engine.web.mcp._tools import TOOLS, served
from engine.web.services import current_services

SERVER = {"name": "crypto-data-engine", "title": "Crypto data engine", "version": VERSION}
CAPABILITIES: dict[str, Any] = {"tools": {}}
INSTRUCTIONS = (
    "Market data of cryptocurrencies from many exchanges and aggregators. Every number was received from a "
    "provider or computed from such numbers; null means unknown. Answers name their sources and their age in "
    "meta.ageSeconds, and meta.stale is true for old data: say so when you quote it. After RATE_LIMITED wait "
    "retryAfter seconds."
)
KEPT = 300_000
"""Milliseconds that clients may keep the list of tools, which changes with the server's settings only."""

Result = dict[str, object]


def answer(request: Request, revision: str) -> Result:
    """Return the result of a request. Raises `RpcError`."""
    modern = revision in MODERN
    known = MODERN_METHODS if modern else LEGACY_METHODS
    method = known.get(request.method)
    if method is None:
        raise unknown_method(request.method)
    result = method(request, revision)
    if not modern:
        return result
    kept = {"ttlMs": KEPT, "cacheScope": "public"} if method in (_discover, _list) else {}
    return {"resultType": "complete", **result, **kept, "_meta": {f"{PREFIX}serverInfo": SERVER}}


def _initialize(request: Request, revision: str) -> Result:
    """Agree on the revision that the client asks for, or offer the newest one with a handshake."""
    asked = request.params.get("protocolVersion")
    if not isinstance(asked, str):
        raise RpcError(INVALID_PARAMS, "protocolVersion must be a text")
    return {
        "protocolVersion": asked if asked in LEGACY else LEGACY[0],
        "capabilities": CAPABILITIES,
        "serverInfo": SERVER,
        "instructions": INSTRUCTIONS,
    }


def _discover(request: Request, revision: str) -> Result:
    return {
        "supportedVersions": list(SUPPORTED),
        "capabilities": CAPABILITIES,
        "instructions": INSTRUCTIONS,
    }


def _ping(request: Request, revision: str) -> Result:
    return {}


def _list(request: Request, revision: str) -> Result:
    if request.params.get("cursor") is not None:
        raise RpcError(INVALID_PARAMS, "Unknown cursor: the list has one page")
    names = tuple(served(current_services().settings))
    return {"tools": orjson.Fragment(_listed(names, structured=revision in WITH_STRUCTURE))}


def _call(request: Request, revision: str) -> Result:
    return _calling.call(request.params, structured=revision in WITH_STRUCTURE)


@lru_cache(32)
def _listed(names: tuple[str, ...], *, structured: bool) -> bytes:
    return orjson.dumps([tool.described(structured=structured) for tool in TOOLS if tool.name in names])


Method = Callable[[Request, str], Result]
MODERN_METHODS: dict[str, Method] = {"server/discover": _discover, "tools/list": _list, "tools/call": _call}
LEGACY_METHODS: dict[str, Method] = {
    "initialize": _initialize,
    "ping": _ping,
    "tools/list": _list,
    "tools/call": _call,
}
