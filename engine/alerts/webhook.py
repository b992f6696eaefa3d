"""Send one POST to an IP address that was checked before, and read little of the answer.

`requests` is not used: it would resolve the host again, follow redirects and use proxies.
"""

import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import certifi

from engine.alerts.connection import Connection
from engine.alerts.reply import NoReply, Reply
from engine.alerts.webhook_url import WebhookUrl

CONNECT_SECONDS = 5.0
"""The most seconds to connect to one address of a host."""
TOTAL_SECONDS = 15.0
"""The most seconds for the whole attempt: slow receivers should answer before they work."""


class Poster:
    """Sends POSTs within limits of time and size. `trust` is a PEM file of certificate authorities."""

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
        """Send `body` to the first of `addresses` that accepts a connection. Raises `NoReply`."""
        from engine.alerts.exchange import exchange  # imported on first use: few servers have webhooks

        deadline = self._clock() + self._seconds
        try:
            with self._connected(url, addresses, deadline) as plain:
                context = self._trusted if url.scheme == "https" else None
                connection = Connection(plain, lambda: self._left(deadline), context, url.host)
                return exchange(connection, url, body, headers)
        except TimeoutError:
            raise NoReply("Timeout") from None
        except ssl.SSLCertVerificationError:
            raise NoReply("Certificate not valid") from None
        except ssl.SSLError:
            raise NoReply("TLS failed") from None
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
        """Return the seconds until the deadline. Raises `TimeoutError` after it."""
        left = deadline - self._clock()
        if left <= 0:
            raise TimeoutError
        return left

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._trust or certifi.where())
