"""What a worker has to feed."""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple, Protocol

from engine.streaming.cursors import Cursor
from engine.streaming.publishing import Publisher

KINDS = ("candles", "prices")
"""Kinds of channels that venues are asked for."""
FED = tuple(f"{kind}:" for kind in KINDS)
"""How their names begin."""


def is_room(wanted: Iterable[str], channels: Collection[str], most: int) -> bool:
    """Return whether `channels` may be wanted beside the wanted ones, so that venues are asked for `most`."""
    fed = {name for name in wanted if name.startswith(FED)}
    return len(fed | {*channels}) <= most


class Duty(NamedTuple):
    """The channels that a worker feeds. With another `term` it begins anew, after what clients were told."""

    term: int
    channels: list[str]


class Duties(Protocol):
    """Says what this worker feeds, and takes the messages."""

    @property
    def publisher(self) -> Publisher:
        """Takes the messages of this worker."""

    def duty(self) -> Duty:
        """Return what this worker feeds now."""

    def has_room(self, channels: Collection[str], most: int) -> bool:
        """Return whether all workers may feed channels in addition, so that it is `most`. It may wait."""

    def start(self) -> None:
        """Begin, in the background."""

    def stop(self) -> None:
        """Let another worker do it."""

    def settle(self, cursor: Cursor | None = None) -> None:
        """Wait for a moment until it is known which sequence there is, and its messages up to a cursor."""


class Alone:
    """The only worker: it feeds what its own clients want."""

    def __init__(self, publisher: Publisher, wanted: Callable[[], list[str]]) -> None:
        self.publisher = publisher
        self._wanted = wanted

    def duty(self) -> Duty:
        """Return what its clients want."""
        return Duty(0, self._wanted())

    def has_room(self, channels: Collection[str], most: int) -> bool:
        """Return whether its clients may want channels in addition."""
        return is_room(self._wanted(), channels, most)

    def start(self) -> None:
        """Begin: there is nothing to do."""

    def stop(self) -> None:
        """End: there is nothing to do."""

    def settle(self, cursor: Cursor | None = None) -> None:
        """Return at once, for its own sequence is the only one."""
