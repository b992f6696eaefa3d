"""The thin place that opens WebSockets to venues."""

import ssl
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

import certifi
import websocket
from websocket import ABNF

from providers import Blocked, ProviderError, RateLimited, Unavailable

REGION_STATUSES = (403, 451)
RATE_STATUSES = (418, 429)


class Closed(Exception):
    """The connection is over. The message has the close code and the reason, where the venue gave them."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class Socket(Protocol):
    """An open WebSocket."""

    def receive(self) -> str | None:
        """Return the next text, an empty one for a control frame, `None` after a moment without a frame.

        Raises `Closed`.
        """

    def send(self, text: str) -> None:
        """Send a text. Raises `Closed`."""

    def close(self) -> None:
        """Close the connection, and wait for nothing."""


Opener = Callable[[str], Socket]
"""Connects to an address. Raises a `ProviderError`."""


class VenueSocket:
    """A WebSocket whose `receive` waits `patience` seconds at most."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket

    def receive(self) -> str | None:
        """Return the next text, an empty one for a control frame, `None` after a moment without a frame."""
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
        """Close the connection without the closing handshake, for which a venue may let us wait."""
        self._socket.shutdown()  # type: ignore[no-untyped-call]


def opener(proxy: str | None, *, connect: float, patience: float) -> Opener:
    """Return how to connect, through `proxy`, within `connect` seconds. The environment names no proxy."""
    parts = urlsplit(proxy) if proxy else None
    through = (
        {"http_no_proxy": ["*"]}
        if parts is None
        else {
            "http_proxy_host": parts.hostname,
            "http_proxy_port": parts.port,
            "proxy_type": parts.scheme,
            "http_proxy_auth": (parts.username, parts.password) if parts.username else None,
        }
    )

    def open_(address: str) -> Socket:
        try:
            socket = websocket.create_connection(
                address,
                timeout=connect,
                enable_multithread=True,
                redirect_limit=0,
                sslopt={"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": certifi.where()},
                **through,
            )
        except websocket.WebSocketBadStatusException as error:
            raise _refused(error.status_code) from error
        except websocket.WebSocketTimeoutException as error:
            raise Unavailable(reason="Timeout") from error
        except (websocket.WebSocketException, OSError, ValueError) as error:
            raise Unavailable(reason="Connection failed") from error
        socket.settimeout(patience)
        return VenueSocket(socket)

    return open_


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
