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
CHUNK = 4096


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
            with self._connected(url, addresses, deadline) as connection:
                return self._exchange(connection, url, body, headers, deadline)
        except TimeoutError:
            raise NoReply("Timeout") from None
        except ssl.SSLCertVerificationError:
            raise NoReply("Certificate not valid") from None
        except ssl.SSLError:
            raise NoReply("TLS failed") from None
        except h11.RemoteProtocolError:
            raise NoReply("Bad answer") from None
        except OSError:
            raise NoReply("Connection failed") from None

    def _connected(self, url: WebhookUrl, addresses: Sequence[str], deadline: float) -> socket.socket:
        failure: OSError = ConnectionError("no address")
        for address in addresses:
            try:
                plain = socket.create_connection(
                    (address, url.port), timeout=min(CONNECT_SECONDS, self._left(deadline))
                )
            except OSError as error:
                failure = error
                continue
            plain.settimeout(self._left(deadline))
            if url.scheme == "http":
                return plain
            return self._trusted.wrap_socket(plain, server_hostname=url.host)  # closes it if it fails
        raise failure

    def _exchange(
        self,
        connection: socket.socket,
        url: WebhookUrl,
        body: bytes,
        headers: Mapping[str, str],
        deadline: float,
    ) -> Reply:
        state = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
        own = {
            "Host": url.authority,
            "User-Agent": f"crypto-data-engine/{VERSION}",
            "Content-Type": "application/json",
            "Content-Length": f"{len(body)}",
            "Connection": "close",
        }
        lines = [*own.items(), *((name, text) for name, text in headers.items() if name not in own)]
        head = state.send(h11.Request(method="POST", target=url.path, headers=lines))
        rest = state.send(h11.Data(data=body))
        connection.settimeout(self._left(deadline))
        connection.sendall((head or b"") + (rest or b""))
        state.send(h11.EndOfMessage())
        return self._read(connection, state, deadline)

    def _read(self, connection: socket.socket, state: h11.Connection, deadline: float) -> Reply:
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
                connection.settimeout(self._left(deadline))
                data = connection.recv(CHUNK)
                received += len(data)
                if received > HEAD_BYTES + BODY_BYTES and reply is None:
                    raise NoReply("Bad answer")
                state.receive_data(data)
            except (OSError, h11.RemoteProtocolError):
                if reply is None:
                    raise
                return reply

    def _left(self, deadline: float) -> float:
        """Return the seconds left. Raises `TimeoutError` after the deadline."""
        left = deadline - self._clock()
        if left <= 0:
            raise TimeoutError
        return left

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._trust or certifi.where())


def _reply(event: h11.Response) -> Reply:
    headers = dict(event.headers)
    return Reply(event.status_code, headers.get(b"retry-after", b"").decode("latin-1"))
