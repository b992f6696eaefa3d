"""Send one alert once, to a webhook of a client or a target of the operator.

`check_target` and `send` block: callers run them beside the event loop.
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
"""The same message for names that do not resolve and for inner ones, which reveals no inner names."""

Resolve = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host. Raises `OSError`."""


class Outcome(msgspec.Struct, frozen=True):
    """The outcome of one attempt.

    `status` is the HTTP status, `None` without an answer; `reason` is empty after success. `retry_after` are
    the seconds of the receiver's `Retry-After`; `gone` means that it answered 410.
    """

    delivered: bool
    status: int | None = None
    reason: str = ""
    retry_after: float | None = None
    gone: bool = False


def system_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a host from the system's resolver. Raises `OSError`."""
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
        """Raise `InvalidTarget` if the key's owner may not send alerts there. Resolves the host."""
        if notify.url is None:
            self._channels.check(notify, key_name)
        else:
            self._checked(notify.url)

    def send(self, notify: Notify, body: bytes, headers: Mapping[str, str], *, key_name: str) -> Outcome:
        """Check the target again, send `body`, a JSON object, and return the outcome."""
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
        """Return the parts of a URL, and the allowed IP addresses of its host. Raises `InvalidTarget`."""
        url = parse_url(text, any_port=self._private)
        try:
            addresses = self._resolve(url.host, url.port)
        except (OSError, UnicodeError):
            addresses = []
        if not addresses or not (self._private or all(map(is_public, addresses))):
            raise InvalidTarget(NOT_PUBLIC)
        return url, addresses
