"""Streams in other services' formats over the same hub: each format keeps its state in one object."""

from collections.abc import Callable
from typing import Protocol, TypeVar, cast


class Dialect(Protocol):
    """The state of a format for all of its clients."""

    def tick(self) -> None:
        """Do the work that is due. Called several times a second."""


D = TypeVar("D", bound=Dialect)


class Dialects:
    """The formats with clients in this worker, by their classes."""

    def __init__(self) -> None:
        self._known: dict[type[Dialect], Dialect] = {}

    def get(self, kind: type[D], make: Callable[[], D]) -> D:
        """Return the object of a format. `make` creates it for the first client."""
        if kind not in self._known:
            self._known[kind] = make()
        return cast("D", self._known[kind])

    def tick(self) -> None:
        """Do the due work of all formats."""
        for one in [*self._known.values()]:
            one.tick()
