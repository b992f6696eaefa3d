"""Where long work is done. Who builds a provider knows whether anybody waits for the same thread."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Aside(Protocol):
    """Does work and returns its result, where it keeps nobody else waiting."""

    def __call__(self, work: Callable[[], T], /) -> T:
        """Return what `work` returns, or raise what it raises."""


def here(work: Callable[[], T], /) -> T:
    """Do it at once, for who has a thread of its own."""
    return work()
