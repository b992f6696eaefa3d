"""The format of the API keys file: each line is `name:tier:hash`, where the hash is the key's SHA-256."""

import re
from dataclasses import dataclass
from pathlib import Path

TIERS: dict[str, int | None] = {"free": 1, "pro": 10, "unlimited": None}
"""The factor of each tier's quota; `None` for no limit."""


LINE = re.compile(rf"([A-Za-z0-9._-]{{1,64}}):({'|'.join(TIERS)}):([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class Key:
    """What is stored about a key; the key itself is not."""

    name: str
    tier: str
    digest: bytes


def read(path: str) -> list[Key]:
    """Return the keys in a file. Raises `ValueError` that names an invalid line without repeating it."""
    return parse(text_of(path))


def text_of(path: str) -> str:
    """Return the text of a keys file. Raises `ValueError` with a reason."""
    try:
        return Path(path).read_text("utf-8-sig")
    except FileNotFoundError:
        raise ValueError("file not found") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read: {type(error).__name__}") from None


def parse(text: str) -> list[Key]:
    """Return the keys in a file's text. Raises `ValueError` as `read` does."""
    keys = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if line and not line.startswith("#"):
            match = LINE.fullmatch(line)
            if match is None:
                raise ValueError(f"line {number} is not name:tier:hash, with one of {', '.join(TIERS)}")
            keys.append(Key(match[1], match[2], bytes.fromhex(match[3])))
    return keys
