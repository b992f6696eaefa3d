"""Apprise's notifiers for the targets of alerts.

Apprise imports a hundred services when it is asked for any; the five that are offered here are imported by
themselves, and only where there are targets.
"""

import logging
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

SERVICES = {
    "ntfy": ("apprise.plugins.ntfy", "NotifyNtfy", ("ntfy", "ntfys")),
    "telegram": ("apprise.plugins.telegram", "NotifyTelegram", ("tgram",)),
    "discord": ("apprise.plugins.discord", "NotifyDiscord", ("discord",)),
    "slack": ("apprise.plugins.slack", "NotifySlack", ("slack",)),
    "email": ("apprise.plugins.email", "NotifyEmail", ("mailto", "mailtos")),
}
"""Module, class and schemes, by the type of a target."""
SCHEMES: Mapping[str, str] = {
    scheme: kind for kind, (_, _, schemes) in SERVICES.items() for scheme in schemes
}


class Notifier(Protocol):
    """Apprise's object for one URL."""

    def notify(self, body: str, title: str) -> bool:
        """Send a message. Return whether the service took it."""


def type_of(url: str) -> str:
    """Return the type of a target. Raises `ValueError`, which does not repeat the URL."""
    scheme, separator, _ = url.partition("://")
    if not separator or scheme.lower() not in SCHEMES:
        raise ValueError(f"must be a URL of Apprise with one of the schemes {', '.join(SCHEMES)}")
    return SCHEMES[scheme.lower()]


def notifier(url: str) -> Notifier:
    """Return the notifier of a URL. Raises `ValueError`, which does not repeat it: URLs hold secrets."""
    module, name, _ = SERVICES[type_of(url)]
    service: Any = getattr(import_module(module), name)
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its lines repeat URLs
    parts = service.parse_url(url)
    try:
        made: Notifier | None = service(**parts) if parts else None
    except TypeError:  # that is how Apprise refuses what a service needs
        made = None
    if made is None:
        raise ValueError(f"is no {name.removeprefix('Notify')} URL that Apprise understands")
    return made
