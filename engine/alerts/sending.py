"""Send one alert once, to a webhook of a client or a target of the operator.

Work that may wait belongs to `send`, so that callers run it beside the event loop.
"""

import socket
import time
from collections.abc import Callable, Mapping, Sequence

import msgspec

from engine.alerts.addresses import is_public
from engine.alerts.channels import Channels
from engine.alerts.invalid_target import InvalidTarget
from engine.alerts.notify import Notify
from engine.alerts.reply import NoReply
from engine.alerts.retry_after import seconds_until
from engine.alerts.webhook import Poster
from engine.alerts.webhook_url import WebhookUrl, parse_url

GONE = 410
NOT_PUBLIC = "must have a host that resolves to public addresses alone"
"""One message for names that do not resolve and for inner ones: no client learns which names exist inside."""

Resolve = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host. Raises `OSError`."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of one attempt.

    `status` is that of HTTP, `None` where there is none; `reason` is empty after success. `retry_after`
    are the seconds that the receiver asked to wait; `gone` is its wish to get no more.
    """

    delivered: bool
    status: int | None = None
    reason: str = ""
    retry_after: float | None = None
    gone: bool = False


def system_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a host as the system knows them. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Sending:
    """Checks targets and sends to them. `private` allows every address and port."""

    def __init__(
        self,
        channels: Channels,
        *,
        private: bool = False,
        resolve: Resolve = system_addresses,
        poster: Poster | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._channels = channels
        self._private = private
        self._resolve = resolve
        self._poster = poster or Poster()
        self._now = now

    def check_target(self, notify: Notify, *, key_name: str) -> None:
        """Raise `InvalidTarget` where the key's owner may not send alerts there. It looks names up."""
        if notify.url is None:
            self._channels.check(notify, key_name)
        else:
            self._checked(notify.url)

    def send(self, notify: Notify, body: bytes, headers: Mapping[str, str], *, key_name: str) -> Outcome:
        """Send `body`, a JSON object, and wait for the answer. It checks the target again."""
        try:
            if notify.url is None:
                self._channels.check(notify, key_name)
                reason = self._channels.send(notify, body)
                return Outcome(delivered=not reason, reason=reason)
            url, addresses = self._checked(notify.url)
            reply = self._poster.post(url, addresses, body, headers)
        except InvalidTarget as wrong:
            return Outcome(delivered=False, reason=f"Invalid target: {wrong}")
        except NoReply as failure:
            return Outcome(delivered=False, reason=str(failure))
        if 200 <= reply.status < 300:
            return Outcome(delivered=True, status=reply.status)
        return Outcome(
            delivered=False,
            status=reply.status,
            reason=f"HTTP {reply.status}",
            retry_after=seconds_until(reply.retry_after, self._now()),
            gone=reply.status == GONE,
        )

    def _checked(self, text: str) -> tuple[WebhookUrl, Sequence[str]]:
        """Return the parts of an address, and the addresses that may be connected to."""
        url = parse_url(text, any_port=self._private)
        try:
            addresses = self._resolve(url.host, url.port)
        except (OSError, UnicodeError):
            addresses = []
        if not addresses or not (self._private or all(map(is_public, addresses))):
            raise InvalidTarget(NOT_PUBLIC)
        return url, addresses
