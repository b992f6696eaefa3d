"""Entries: values from providers with their age and lifetime."""

from typing import Any, Generic, Protocol, runtime_checkable

import msgspec
from typing_extensions import TypeVar

from engine.store.memory import weigh
from engine.store.packing import Packable, Packed, packed
from engine.timestamps import AHEAD

RENEWED_KEPT = 3650 * 86_400.0
"""Seconds that the time of the last refresh is kept. Each hit reads it, so it should not expire."""
RENEWED = "refresh:renewed"
"""Key of the time (Unix seconds) of the last refresh. Answers built before it are checked again."""

V = TypeVar("V", default=Any)


@runtime_checkable
class Moved(Protocol):
    """A value that contains times of another host's clock."""

    def moved(self, seconds: float) -> Any:
        """Return the same with its times moved by `seconds`."""


class Entry(Packable, msgspec.Struct, Generic[V], frozen=True):
    """A value from providers, received at `made` (Unix seconds) and fresh for `lifetime` seconds.

    It is not fetched again before `again` (Unix seconds), even if it is stale.
    """

    value: V
    made: float
    lifetime: float
    again: float = 0.0

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        return weigh(self.value)

    def packed(self) -> "PackedEntry | None":
        """Return the packed entry, `None` if its value cannot be packed."""
        value = packed(self.value)
        if not isinstance(value, Packed):
            return None
        return PackedEntry(value, self.made, self.lifetime, self.again)

    def age(self, now: float) -> float:
        """Return the age in seconds."""
        return max(0.0, now - self.made)

    def moved(self, seconds: float, *, due: bool) -> "Entry[V]":
        """Return the entry with its times moved by `seconds`, and due at once if it is `due`."""
        value = self.value.moved(seconds) if isinstance(self.value, Moved) else self.value
        if due:
            return Entry(value, self.made + seconds, 0.0)
        return Entry(value, self.made + seconds, self.lifetime, self.again + seconds)

    def due(self, now: float) -> bool:
        """Return whether to fetch it again. A time `made` in the future makes it due at once."""
        age = now - self.made
        return age < -AHEAD or (age >= self.lifetime and now >= self.again)


class PackedEntry(Packed, msgspec.Struct, frozen=True):
    """The packed form of an entry in memory."""

    value: Packed
    made: float
    lifetime: float
    again: float

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        return self.value.weight

    def unpacked(self) -> Entry:
        """Return the entry."""
        return Entry(self.value.unpacked(), self.made, self.lifetime, self.again)


Entries = dict[str, Entry]
