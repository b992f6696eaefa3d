"""Other services' streams over the same hub: each dialect keeps its state in one object."""

from collections.abc import Callable
from typing import Protocol, TypeVar, cast


class Dialect(Protocol):
    """What a dialect keeps for all of its clients."""

    def tick(self) -> None:
        """Do what time calls for. It is called several times a second."""


D = TypeVar("D", bound=Dialect)


class Dialects:
    """The dialects with clients in this worker, by their classes."""

    def __init__(self) -> None:
        self._known: dict[type[Dialect], Dialect] = {}

    def get(self, kind: type[D], make: Callable[[], D]) -> D:
        """Return the object of a dialect, which `make` returns when it is first needed."""
        if kind not in self._known:
            self._known[kind] = make()
        return cast("D", self._known[kind])

    def tick(self) -> None:
        """Tend all dialects."""
        for one in [*self._known.values()]:
            one.tick()
