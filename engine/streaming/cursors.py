"""Cursors: places in the sequence of all messages, opaque to clients. A cursor includes its time."""

import re
from typing import NamedTuple

from engine.store.sequence import Place

__all__ = ["LONGEST", "Cursor", "Place", "parse_cursor"]

LONGEST = 64
_FORM = re.compile(r"([0-9a-f]{1,16})-([0-9]{1,15})-([0-9]{1,15})")


class Cursor(NamedTuple):
    """A place in the messages of an epoch. A new epoch begins when earlier messages are lost."""

    epoch: str
    place: Place

    def __str__(self) -> str:
        """Return the cursor as clients store it."""
        return f"{self.epoch}-{self.place.time}-{self.place.number}"


def parse_cursor(text: str) -> Cursor | None:
    """Parse a cursor. Return `None` for an invalid one."""
    match = _FORM.fullmatch(text) if len(text) <= LONGEST and text.isascii() else None
    return None if match is None else Cursor(match[1], Place(int(match[2]), int(match[3])))
