"""The file of targets for alerts: where the operator lets alerts go beside webhooks.

    desk:
      url: tgram://123456789:abcdefg/987654321
      keys: [alice, bob]

A target has a name, its Apprise URL, and the names of the keys that may use it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.config.apprise_url import notifier, type_of
from engine.config.live_file import text_of
from engine.config.naming import NAME

FIELDS = {"url", "keys"}


@dataclass(frozen=True, slots=True)
class Target:
    """A target of the operator. `type` follows from the scheme of `url`, which may hold secrets."""

    name: str
    type: str
    url: str = field(repr=False)
    keys: frozenset[str]


def read(path: str) -> dict[str, Target]:
    """Return the targets in a file by name. Raises `ValueError`, which repeats no URL."""
    return parse(text_of(path))


def parse(text: str) -> dict[str, Target]:
    """Return the targets in a file's text. Raises `ValueError` as `read` does."""
    import yaml  # here, since most deployments have no such file

    try:
        entries = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError("is no YAML") from None
    if entries is None:
        return {}
    if not isinstance(entries, dict):
        raise ValueError("must have targets by name")
    return {str(name): _target(name, entry) for name, entry in entries.items()}


def _target(name: object, entry: object) -> Target:
    if not isinstance(name, str) or NAME.fullmatch(name) is None:
        raise ValueError("the name of a target has letters, digits and . _ -, at most 64")
    if not isinstance(entry, Mapping) or set(entry) != FIELDS:
        raise ValueError(f"{name} must have url and keys alone")
    url, keys = entry["url"], entry["keys"]
    try:
        kind = type_of(str(url))
        notifier(url)
    except ValueError as error:
        raise ValueError(f"the url of {name} {error}") from None
    named = isinstance(keys, list) and all(isinstance(key, str) for key in keys)
    if not named or not all(map(NAME.fullmatch, keys)):
        raise ValueError(f"the keys of {name} must be a list of names of keys")
    return Target(name, kind, url, frozenset(keys))
