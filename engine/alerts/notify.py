"""A target of a rule's alerts: one entry of its `notify`."""

from collections.abc import Mapping

import msgspec

WEBHOOK = "webhook"
CHANNELS = ("telegram", "ntfy", "discord", "slack", "email")
"""The types of targets that only the operator can configure."""
TYPES = (WEBHOOK, *CHANNELS)


class WrongNotify(ValueError):
    """An entry of `notify` cannot be read. `place` is its path, such as `notify.0.url`."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


class Notify(msgspec.Struct, frozen=True):
    """A webhook's `url`, or the name of a `target` in the operator's file."""

    type: str
    url: str | None = None
    target: str | None = None

    def fields(self) -> dict[str, str]:
        """Return the entry in the format of clients."""
        where = {"url": self.url, "target": self.target}
        return {"type": self.type, **{name: text for name, text in where.items() if text is not None}}


def parse_notify(value: object, place: str) -> Notify:
    """Return an entry of `notify`. Raises `WrongNotify`. `Sending` checks whether alerts may go there."""
    if not isinstance(value, Mapping):
        raise WrongNotify(place, "must be an object")
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise WrongNotify(f"{place}.type", f"must be one of {', '.join(TYPES)}")
    name = "url" if kind == WEBHOOK else "target"
    for other in value:
        if other not in ("type", name):
            raise WrongNotify(f"{place}.{other}", f"is unknown for {kind}")
    text = value.get(name)
    if not isinstance(text, str) or not text:
        raise WrongNotify(f"{place}.{name}", "must be a text")
    return Notify(kind, url=text) if kind == WEBHOOK else Notify(kind, target=text)
