"""The format of the API keys file: each line is `name:tier:hash[:expires]`.

The hash is the key's SHA-256. `expires` is a date, at whose beginning (UTC) the key ends, or Unix seconds.
Several lines may have one name, so that a key can be changed while the old one still works.
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime

import msgspec

from engine.config.live_file import text_of
from engine.config.naming import LETTERS

LINE = re.compile(rf"({LETTERS}):({LETTERS}):([0-9a-f]{{64}})(?::([0-9-]{{1,12}}))?")


class Key(msgspec.Struct, frozen=True):
    """What is stored about a key; the key itself is not. `expires` is in Unix seconds."""

    name: str
    tier: str
    digest: bytes
    expires: float | None = None


def read(path: str) -> list[Key]:
    """Return the keys in a file. Raises `ValueError` that names an invalid line without repeating it."""
    return parse(text_of(path))


def parse(text: str, tiers: Collection[str] | None = None) -> list[Key]:
    """Return the keys in a file's text, of these `tiers`, or of any. Raises `ValueError` as `read` does."""
    keys = []
    for number, line in enumerate(text.splitlines(), start=1):
        if is_key(line):
            try:
                keys.append(key_of(line, tiers))
            except ValueError as error:
                raise ValueError(f"line {number} {error}") from None
    return keys


def is_key(line: str) -> bool:
    """Return whether a line is for a key, and neither empty nor a comment."""
    return bool(line.strip()) and not line.strip().startswith("#")


def key_of(line: str, tiers: Collection[str] | None = None) -> Key:
    """Return the key of a line. Raises `ValueError`."""
    match = LINE.fullmatch(line.strip())
    if match is None:
        raise ValueError("is not name:tier:hash or name:tier:hash:expires")
    if tiers is not None and match[2] not in tiers:
        raise ValueError(f"has none of the tiers {', '.join(tiers)}")
    return Key(match[1], match[2], bytes.fromhex(match[3]), None if match[4] is None else expiry(match[4]))


def line_of(key: Key) -> str:
    """Return the line of a key, without its end."""
    end = "" if key.expires is None else f":{int(key.expires)}"
    return f"{key.name}:{key.tier}:{key.digest.hex()}{end}"


def expiry(text: str) -> float:
    """Return when a key ends, in Unix seconds, from a date or from those. Raises `ValueError`."""
    if text.isascii() and text.isdecimal() and len(text) <= 11:
        return float(text)
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise ValueError("must expire at YYYY-MM-DD or at Unix seconds") from None
