"""Pauses in long work, so that the event loop never blocks."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Row = TypeVar("Row")
Yield = Callable[[], None]
"""Lets other work go on."""
BATCH = 200
"""Rows between two pauses."""


def never() -> None:
    """Make no pause."""


def paced(rows: Iterable[Row], yield_now: Yield) -> Iterator[Row]:
    """Yield rows, with a pause after every 200 of them."""
    left = BATCH
    for row in rows:
        yield row
        left -= 1
        if not left:
            left = BATCH
            yield_now()
