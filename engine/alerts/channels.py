"""Send alerts to the operator's targets through Apprise: ntfy, Telegram, Discord, Slack and e-mail."""

import time
from collections.abc import Callable, Mapping

from engine.alerts.invalid_target import InvalidTarget
from engine.alerts.message import message_of
from engine.alerts.notify import Notify
from engine.config.apprise_url import Notifier, notifier
from engine.config.live_file import LiveFile
from engine.config.targets_file import Target, parse

UNKNOWN = "names no target that this key may use"
"""The same message for targets of other keys and for missing ones, which reveals no names."""
REFUSED = "The service refused the message or did not answer"


class Channels:
    """The targets of a file, which is read again after a change. Clients know their names alone."""

    def __init__(
        self,
        path: str | None,
        clock: Callable[[], float] = time.monotonic,
        notifier_of: Callable[[str], Notifier] = notifier,
    ) -> None:
        nothing: Mapping[str, Target] = {}
        self._file = LiveFile(path, nothing, _read, "Alert targets file", "targets", clock)
        self._notifier = notifier_of

    def check(self, notify: Notify, key_name: str) -> None:
        """Raise `InvalidTarget` if the key's owner may not use the target."""
        if key_name not in self._target(notify).keys:
            raise InvalidTarget(UNKNOWN)

    def send(self, notify: Notify, body: bytes) -> str:
        """Send the JSON of a webhook as a message, and wait. Return why it failed, empty after success.

        Raises `InvalidTarget` for a target that is no longer in the file.
        """
        title, text = message_of(body)
        return "" if self._notifier(self._target(notify).url).notify(body=text, title=title) else REFUSED

    def _target(self, notify: Notify) -> Target:
        target = self._file.content().get(notify.target or "")
        if target is None or target.type != notify.type:
            raise InvalidTarget(UNKNOWN)
        return target


def _read(text: str, _before: Mapping[str, Target]) -> Mapping[str, Target]:
    return parse(text)
