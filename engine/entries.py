"""What was received from providers, with how long it may be used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.shelf import weigh

RENEWED = "refresh:renewed"
"""Where it is kept since when (Unix seconds) answers made from older entries are looked at again."""


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

    def due(self, now: float) -> bool:
        """Whether it is to be asked for anew."""
        return self.age(now) >= self.lifetime and now >= self.again


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
