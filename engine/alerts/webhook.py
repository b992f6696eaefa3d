"""Send one POST to an address that was checked before, and read little of the answer.

`requests` would look the name up again, follow redirects and use proxies of the environment.
"""

import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import certifi
import h11

from engine.alerts.connection import Connection
from engine.alerts.webhook_url import WebhookUrl
from engine.version import VERSION

CONNECT_SECONDS = 5.0
"""Seconds for one of the addresses of a host."""
TOTAL_SECONDS = 15.0
"""Seconds for everything: a receiver that wants to work longer should answer first."""
HEAD_BYTES = 16 * 1024
"""Bytes of the status line and the headers."""
BODY_BYTES = 4096
"""Bytes of the answer that are read, so that most receivers can write it whole. They are discarded."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The status of an answer, and its `Retry-After`, empty without one."""

    status: int
    retry_after: str


class NoReply(Exception):
    """A receiver did not answer. The message is a reason for operators and owners."""


class Poster:
    """Sends POSTs within bounds of time and size. `trust` are the certificates of authorities, as PEM."""

    def __init__(
        self,
        *,
        seconds: float = TOTAL_SECONDS,
        trust: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._trust = trust
        self._clock = clock

    def post(
        self, url: WebhookUrl, addresses: Sequence[str], body: bytes, headers: Mapping[str, str]
    ) -> Reply:
        """Send `body` to the first of `addresses` that takes a connection. Raises `NoReply`."""
        deadline = self._clock() + self._seconds
        try:
            with self._connected(url, addresses, deadline) as plain:
                context = self._trusted if url.scheme == "https" else None
                connection = Connection(plain, lambda: self._left(deadline), context, url.host)
                return _exchange(connection, url, body, headers)
        except TimeoutError:
            raise NoReply("Timeout") from None
        except ssl.SSLCertVerificationError:
            raise NoReply("Certificate not valid") from None
        except ssl.SSLError:
            raise NoReply("TLS failed") from None
        except h11.RemoteProtocolError:
            raise NoReply("Bad answer") from None
        except (OSError, UnicodeError):
            raise NoReply("Connection failed") from None

    def _connected(self, url: WebhookUrl, addresses: Sequence[str], deadline: float) -> socket.socket:
        failure: OSError = ConnectionError("no address")
        for address in addresses:
            try:
                seconds = min(CONNECT_SECONDS, self._left(deadline))
                return socket.create_connection((address, url.port), timeout=seconds)
            except OSError as error:
                failure = error
        raise failure

    def _left(self, deadline: float) -> float:
        """Return the seconds left. Raises `TimeoutError` after the deadline."""
        left = deadline - self._clock()
        if left <= 0:
            raise TimeoutError
        return left

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._trust or certifi.where())


def _exchange(connection: Connection, url: WebhookUrl, body: bytes, headers: Mapping[str, str]) -> Reply:
    own = {
        "Host": url.authority,
        "User-Agent": f"crypto-data-engine/{VERSION}",
        "Content-Type": "application/json",
        "Content-Length": f"{len(body)}",
        "Connection": "close",
    }
    lines = [*own.items(), *((name, text) for name, text in headers.items() if name not in own)]
    state = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
    head = state.send(h11.Request(method="POST", target=url.path, headers=lines)) or b""
    connection.send(head + (state.send(h11.Data(data=body)) or b""))
    state.send(h11.EndOfMessage())
    return _answer(connection, state)


def _answer(connection: Connection, state: h11.Connection) -> Reply:
    """Return the status. What follows the head is read up to a bound, and does not count."""
    reply: Reply | None = None
    received = 0
    while True:
        try:
            event = state.next_event()
            while event is not h11.NEED_DATA:
                if isinstance(event, h11.Response):
                    reply = _reply(event)
                elif not isinstance(event, h11.InformationalResponse | h11.Data):
                    break
                event = state.next_event()
            if reply is not None and (event is not h11.NEED_DATA or received >= BODY_BYTES):
                return reply
            if received > HEAD_BYTES:
                raise NoReply("Bad answer")
            data = connection.receive()
            received += len(data)
            state.receive_data(data)
        except (OSError, h11.RemoteProtocolError):
            if reply is None:
                raise
            return reply


def _reply(event: h11.Response) -> Reply:
    headers = dict(event.headers)
    return Reply(event.status_code, headers.get(b"retry-after", b"").decode("latin-1"))
