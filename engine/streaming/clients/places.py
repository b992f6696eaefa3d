"""Count the streams of each owner."""

from collections import Counter
from typing import Protocol


class Places(Protocol):
    """Counts the places of each owner in one worker, or in all that share a Redis."""

    def taken(self, owner: str) -> int:
        """Return how many places an owner has."""

    def take(self, owner: str, most: int) -> bool:
        """Take a place, unless the owner has `most`, and return whether it is taken."""

    def release(self, owner: str) -> None:
        """Give a place back."""

    def end(self) -> None:
        """Give all places of this worker back."""


class LocalPlaces:
    """Counts the places of one worker."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def taken(self, owner: str) -> int:
        """Return how many places an owner has."""
        return self._taken[owner]

    def take(self, owner: str, most: int) -> bool:
        """Take a place, unless the owner has `most`, and return whether it is taken."""
        if self._taken[owner] >= most:
            return False
        self._taken[owner] += 1
        return True

    def release(self, owner: str) -> None:
        """Give a place back."""
        self._taken[owner] -= 1
        if not self._taken[owner]:
            del self._taken[owner]

    def end(self) -> None:
        """Give all places of this worker back."""
        self._taken.clear()
