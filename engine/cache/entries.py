"""Entries: values that were received from providers, and for how long they may be used."""

from dataclasses import dataclass
from typing import Any, Generic, Protocol, runtime_checkable

from typing_extensions import TypeVar

from engine.store.memory import weigh
from engine.timestamps import AHEAD

RENEWED_KEPT = 3650 * 86_400.0
"""Seconds for which the time of the last refresh is kept: each hit reads it, so that it should be there."""
RENEWED = "refresh:renewed"
"""Key of the time (Unix seconds) of the last refresh: answers made from older entries are checked again."""

V = TypeVar("V", default=Any)


@runtime_checkable
class Moved(Protocol):
    """A value with times of its own, by another host's clock."""

    def moved(self, seconds: float) -> Any:
        """Return the same with its times moved."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[V]):
    """A value received from providers: `made` when (Unix seconds), fresh for `lifetime` seconds.

    However stale it is, it is not due before `again` (Unix seconds).
    """

    value: V
    made: float
    lifetime: float
    again: float = 0.0

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory, roughly."""
        return weigh(self.value)

    def age(self, now: float) -> float:
        """Return the seconds since it was made."""
        return max(0.0, now - self.made)

    def moved(self, seconds: float, *, due: bool) -> "Entry[V]":
        """Return the same with its times moved, and due at once where it is `due`."""
        value = self.value.moved(seconds) if isinstance(self.value, Moved) else self.value
        if due:
            return Entry(value, self.made + seconds, 0.0)
        return Entry(value, self.made + seconds, self.lifetime, self.again + seconds)

    def due(self, now: float) -> bool:
        """Return whether it is to be fetched again: at once where it claims to be of the future."""
        age = now - self.made
        return age < -AHEAD or (age >= self.lifetime and now >= self.again)


Entries = dict[str, Entry]
