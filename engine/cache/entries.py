"""What was received from providers, with how long it may be used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from engine.store.memory import weigh
from engine.timestamps import AHEAD

RENEWED_KEPT = 3650 * 86_400.0
"""Seconds that it is known when the last refresh was: every hit looks at it, so that it should be there."""
RENEWED = "refresh:renewed"
"""Where it is kept since when (Unix seconds) answers made from older entries are looked at again."""


@runtime_checkable
class Moved(Protocol):
    """A value with times of its own, from another host's clock."""

    def moved(self, seconds: float) -> Any:
        """The same with its times moved."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something received from providers: `made` when (Unix seconds), fresh for `lifetime` seconds.

    However old it is, nobody is asked for it before `again` (Unix seconds).
    """

    value: Any
    made: float
    lifetime: float
    again: float = 0.0

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory, roughly."""
        return weigh(self.value)

    def age(self, now: float) -> float:
        """Seconds since it was made."""
        return max(0.0, now - self.made)

    def moved(self, seconds: float, *, due: bool) -> "Entry":
        """The same with its times moved, and due at once where it is `due`."""
        value = self.value.moved(seconds) if isinstance(self.value, Moved) else self.value
        if due:
            return Entry(value, self.made + seconds, 0.0)
        return Entry(value, self.made + seconds, self.lifetime, self.again + seconds)

    def due(self, now: float) -> bool:
        """Whether it is to be asked for anew: at once where it claims to be of the future."""
        age = now - self.made
        return age < -AHEAD or (age >= self.lifetime and now >= self.again)


Entries = dict[str, Entry]
Make = Callable[[list[str]], Mapping[str, Entry]]
Good = Callable[[Entry], bool]


def any_is(entry: Entry) -> bool:
    """Whether an entry is good enough, where nothing else is asked of it than to be fresh."""
    return True


def none_is(entry: Entry) -> bool:
    """Whether an entry is more than just old, where nothing makes it so."""
    return False


def made_since(time: float) -> Good:
    """Whether an entry was made at `time` (Unix seconds) or later."""
    return lambda entry: entry.made >= time
