"""Send one POST to an address that was checked before, and read little of the answer.

`requests` would look the name up again, follow redirects and use proxies of the environment.
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
"""Seconds for one of the addresses of a host."""
TOTAL_SECONDS = 15.0
"""Seconds for everything: a receiver that wants to work longer should answer first."""


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
        from engine.alerts.exchange import exchange  # here, since few servers have webhooks

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
        """Return the seconds left. Raises `TimeoutError` after the deadline."""
        left = deadline - self._clock()
        if left <= 0:
            raise TimeoutError
        return left

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._trust or certifi.where())
