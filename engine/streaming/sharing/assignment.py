"""Which channels a worker feeds, and who decides it."""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple, Protocol

from engine.streaming.cursors import Cursor
from engine.streaming.publishing import Publisher

KINDS = ("candles", "prices")
"""Kinds of channels that need venues' streams."""
FED = tuple(f"{kind}:" for kind in KINDS)
"""Prefixes of the names of such channels."""


def is_room(wanted: Iterable[str], channels: Collection[str], most: int) -> bool:
    """Return whether venues may feed `channels` beside the wanted ones, at most `most` together."""
    fed = {name for name in wanted if name.startswith(FED)}
    return len(fed | {*channels}) <= most


class Assignment(NamedTuple):
    """The channels that a worker feeds. A new `term` starts after the last published message."""

    term: int
    channels: list[str]


class Coordinator(Protocol):
    """Decides what this worker feeds, and takes its messages."""

    @property
    def publisher(self) -> Publisher:
        """Takes the messages of this worker."""

    def assignment(self) -> Assignment:
        """Return what this worker feeds now."""

    def has_room(self, channels: Collection[str], most: int) -> bool:
        """Return whether all workers together may feed `channels` in addition, up to `most`. It may wait."""

    def start(self) -> None:
        """Start in the background."""

    def stop(self) -> None:
        """Stop, so that another worker feeds the channels."""

    def settle(self, cursor: Cursor | None = None) -> None:
        """Wait briefly until this worker has read the current sequence, up to a cursor if one is given."""


class SingleWorker:
    """The only worker: it feeds what its own clients want."""

    def __init__(self, publisher: Publisher, wanted: Callable[[], list[str]]) -> None:
        self.publisher = publisher
        self._wanted = wanted

    def assignment(self) -> Assignment:
        """Return the channels that its clients want."""
        return Assignment(0, self._wanted())

    def has_room(self, channels: Collection[str], most: int) -> bool:
        """Return whether its clients may want channels in addition."""
        return is_room(self._wanted(), channels, most)

    def start(self) -> None:
        """Do nothing: there is no other worker to find."""

    def stop(self) -> None:
        """Do nothing: there is no other worker to take over."""

    def settle(self, cursor: Cursor | None = None) -> None:
        """Return at once: the sequence of the only worker is always read."""
