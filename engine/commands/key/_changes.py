"""Changes to the lines of a keys file. Comments and other lines stay as they are."""

from collections.abc import Sequence
from math import ceil

from msgspec.structs import replace

from engine.config.keys_file import Key, is_key, key_of, line_of

EMPTY = "# All keys are revoked."
"""An empty file would count as one that is just being written."""


class NoSuchKey(LookupError):
    """The file has no such key."""


def keys_of(lines: Sequence[str]) -> list[Key]:
    """Return the keys in the order of the file. Raises `ValueError` for an invalid line."""
    return [key_of(line) for line in lines if is_key(line)]


def added(lines: Sequence[str], key: Key) -> list[str]:
    """Return the lines with one more key."""
    return [*lines, line_of(key)]


def revoked(lines: Sequence[str], name: str, start: str) -> list[str]:
    """Return the lines without the keys of a name whose hash begins with `start`. Raises `NoSuchKey`."""
    kept = [line for line in lines if not _is_of(line, name, start)]
    if len(kept) == len(lines):
        raise NoSuchKey(f"there is no such key of {name}")
    return kept if any(line.strip() for line in kept) else [*kept, EMPTY]


def rotated(
    lines: Sequence[str], name: str, digest: bytes, now: float, grace: float, expires: float | None = None
) -> list[str]:
    """Return the lines with another key of a name, whose old ones end `grace` seconds after `now`.

    It has the tier of the last one, and ends with the last of them unless `expires` says otherwise. Raises
    `NoSuchKey` where none is valid.
    """
    old = [key for key in keys_of(lines) if key.name == name and (key.expires is None or now < key.expires)]
    if not old:
        raise NoSuchKey(f"there is no valid key of {name}")
    ends = [key.expires for key in old if key.expires is not None]
    last = max(ends) if len(ends) == len(old) else None
    kept = [line for line in lines if not _is_of(line, name)]
    if grace > 0:
        end = float(ceil(now + grace))
        kept += [line_of(replace(key, expires=min(end, key.expires or end))) for key in old]
    return added(kept, Key(name, old[-1].tier, digest, expires or last))


def _is_of(line: str, name: str, start: str = "") -> bool:
    if not is_key(line):
        return False
    key = key_of(line)
    return key.name == name and key.digest.hex().startswith(start)
