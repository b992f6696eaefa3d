"""The opening handshake of a WebSocket (RFC 6455, section 4.2)."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from engine.errors import ApiError

PROTOCOL = "engine.v1"
VERSION = "13"
KEY_BYTES = 16


class UpgradeRequired(ApiError):
    """The request does not open a WebSocket."""

    code = "UPGRADE_REQUIRED"
    status = 426


def handshake(environ: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that accept a WebSocket, without extensions. Raises `UpgradeRequired`."""
    if environ.get("HTTP_UPGRADE", "").lower() != "websocket" or "upgrade" not in _tokens(
        environ.get("HTTP_CONNECTION", "")
    ):
        raise UpgradeRequired("This address is for WebSockets; /api/stream/sse serves plain HTTP")
    if environ.get("SERVER_PROTOCOL") == "HTTP/1.0" or _has_body(environ):
        raise UpgradeRequired("A WebSocket begins with a request of HTTP/1.1 without a body")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != VERSION:
        raise UpgradeRequired(f"WebSockets have version {VERSION}")
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "").encode("latin-1")
    if not _is_key(key):
        raise UpgradeRequired("Sec-WebSocket-Key must be 16 bytes in base64")
    from wsproto.utilities import generate_accept_token  # here, since a start needs no wsproto

    headers = {"Upgrade": "websocket", "Sec-WebSocket-Accept": generate_accept_token(key).decode()}
    if PROTOCOL in _tokens(environ.get("HTTP_SEC_WEBSOCKET_PROTOCOL", "")):
        headers["Sec-WebSocket-Protocol"] = PROTOCOL
    return headers


def _has_body(environ: Mapping[str, Any]) -> bool:
    """Return whether a request has a body, whose bytes would be read as the frames of a client."""
    return environ.get("CONTENT_LENGTH", "0") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ


def _tokens(header: str) -> list[str]:
    return [part.strip().lower() for part in header.split(",")]


def _is_key(key: bytes) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False
