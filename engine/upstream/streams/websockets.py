"""WebSockets to venues, opened by the library websocket-client."""

import ssl
from typing import Any
from urllib.parse import urlsplit

import certifi
import websocket
from websocket import ABNF, frame_buffer

from engine.upstream.streams.sockets import Closed, Socket
from providers import Blocked, ProviderError, RateLimited, Unavailable

REGION_STATUSES = (403, 451)
RATE_STATUSES = (418, 429)
LONGEST_MESSAGE = 4 * 1024 * 1024
"""Bytes of a message from which its connection is closed. Shorter oversized messages are skipped."""
PART = 64
"""Bytes that each part of a message counts in addition, because empty parts take time, too."""
CONTROL = (ABNF.OPCODE_CLOSE, ABNF.OPCODE_PING, ABNF.OPCODE_PONG)


class _Frames(frame_buffer):
    """Refuses an oversized message, even one in parts, before it is received."""

    parts = 0

    def recv_length(self) -> None:
        """Read the length of a frame."""
        super().recv_length()
        if (self.length or 0) + self.parts > LONGEST_MESSAGE:
            raise websocket.WebSocketPayloadException(f"a message of over {LONGEST_MESSAGE} bytes")

    def recv_frame(self) -> ABNF:
        """Read a frame."""
        frame = super().recv_frame()
        if frame.opcode not in CONTROL:
            self.parts = 0 if frame.fin else self.parts + len(frame.data) + PART
        return frame


class VenueSocket:
    """A WebSocket whose `receive` waits `patience` seconds at most."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket
        socket.frame_buffer = _Frames(socket._recv, skip_utf8_validation=True)

    def receive(self) -> str | None:
        """Return the next text, an empty one for a control frame, or `None` after a short wait."""
        try:
            code, frame = self._socket.recv_data_frame(control_frame=True)
        except websocket.WebSocketTimeoutException:
            return None
        except (websocket.WebSocketException, OSError) as error:
            raise Closed(f"{type(error).__name__}: {error}") from error
        if code == ABNF.OPCODE_CLOSE:
            raise _closed(bytes(frame.data))
        return bytes(frame.data).decode(errors="replace") if code == ABNF.OPCODE_TEXT else ""

    def send(self, text: str) -> None:
        """Send a text."""
        try:
            self._socket.send(text)
        except (websocket.WebSocketException, OSError) as error:
            raise Closed(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Close the connection without the closing handshake, which a venue may delay."""
        self._socket.shutdown()  # type: ignore[no-untyped-call]


def opened(address: str, proxy: str | None, *, connect: float, patience: float) -> Socket:
    """Connect to an address, with the arguments of `opener`. Raises a `ProviderError`."""
    try:
        socket = websocket.create_connection(
            address,
            timeout=connect,
            enable_multithread=True,
            skip_utf8_validation=True,  # it runs in Python, and blocks the worker for each byte
            redirect_limit=0,
            sslopt={"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": certifi.where()},
            **_through(proxy),
        )
    except websocket.WebSocketBadStatusException as error:
        raise _refused(error.status_code) from error
    except websocket.WebSocketTimeoutException as error:
        raise Unavailable(reason="Timeout") from error
    except (websocket.WebSocketException, OSError, ValueError) as error:
        raise Unavailable(reason="Connection failed") from error
    socket.settimeout(patience)
    return VenueSocket(socket)


def _through(proxy: str | None) -> dict[str, Any]:
    parts = urlsplit(proxy) if proxy else None
    if parts is None:
        return {"http_no_proxy": ["*"]}
    return {
        "http_proxy_host": parts.hostname,
        "http_proxy_port": parts.port,
        "proxy_type": parts.scheme,
        "http_proxy_auth": (parts.username, parts.password) if parts.username else None,
    }


def _refused(status: int) -> ProviderError:
    if status in REGION_STATUSES:
        return Blocked(f"HTTP {status} on upgrade")
    if status in RATE_STATUSES:
        return RateLimited(f"HTTP {status} on upgrade")
    return Unavailable(f"HTTP {status} on upgrade", reason=f"HTTP {status}")


def _closed(payload: bytes) -> Closed:
    if len(payload) < 2:
        return Closed("closed")
    code = int.from_bytes(payload[:2], "big")
    return Closed(f"closed with {code} {payload[2:].decode(errors='replace')}".strip(), code)
