"""Pages of rows. A cursor is the key of the last row, so that it survives a refresh."""

import base64
import binascii
from collections.abc import Iterator
from enum import IntEnum
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

import msgspec

Row = TypeVar("Row")
LONGEST = 400
"""Maximum number of characters of a cursor."""


class InvalidCursor(ValueError):
    """A cursor that no page has issued."""


class Group(IntEnum):
    """Why a row matches, the best reason first."""

    ALL = 0
    EXACT = 1
    BEGINNING = 2
    PART = 3


class Position(NamedTuple):
    """The position of a row among all matches."""

    group: Group
    key: str


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """Some rows, and the cursor of the next ones, `None` after the last row."""

    rows: tuple[Row, ...]
    next: str | None


def page_of(found: Iterator[tuple[Position, Row]], limit: int) -> Page[Row]:
    """Return the first `limit` matches."""
    rows = list(islice(found, limit + 1))
    shown = tuple(row for _, row in rows[:limit])
    return Page(shown, _cursor_of(rows[limit - 1][0]) if len(rows) > limit else None)


def _cursor_of(position: Position) -> str:
    return base64.urlsafe_b64encode(f"{position.group.value}{position.key}".encode()).decode().rstrip("=")


def position_of(cursor: str | None) -> Position | None:
    """Return the position that a cursor means. Raises `InvalidCursor`."""
    if cursor is None:
        return None
    if len(cursor) > LONGEST:
        raise InvalidCursor(cursor[:LONGEST])
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        return Position(Group(int(text[:1])), text[1:])
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise InvalidCursor(cursor) from error
