"""Where a provider does long work. The code that builds the provider chooses, since it knows its threads."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Runner(Protocol):
    """A function that does work without blocking other requests, and returns its result."""

    def __call__(self, work: Callable[[], T], /) -> T:
        """Return what `work` returns, or raise what it raises."""


def run_inline(work: Callable[[], T], /) -> T:
    """Do the work at once, in the caller's thread."""
    return work()
