"""Parse rows. An invalid row leaves the others usable."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from providers._errors import BadData, BadMarket

T = TypeVar("T")

UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError)
"""The errors of parsing a body of the wrong shape."""
LONGEST_NAME = 40
MAX_ROWS = 10_000
"""More rows than any requested list has. An invalid row takes 10 us, during which other requests wait."""


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Convert the errors of a body of the wrong shape to `BadData`."""
    try:
        yield
    except UNREADABLE as error:
        raise BadData(f"{name} sent an unreadable body: {type(error).__name__}") from error


def readable(rows: Any, read: Callable[[Any], T | None], maximum: int = MAX_ROWS) -> list[T]:
    """Parse each row with `read` and return the results. `read` returns `None` to skip a valid row.

    If all rows are invalid, raises the error of the last one. Raises `TypeError` if `rows` is not a list.
    """
    found: list[T] = []
    last_error: Exception | None = None
    good = False
    for row in rows_of(rows, maximum):
        try:
            value = read(row)
        except (BadMarket, *UNREADABLE) as error:
            last_error = error
            continue
        good = True
        if value is not None:
            found.append(value)
    if last_error and not good:
        raise last_error
    return found


def rows_or_empty(rows: Any, maximum: int = MAX_ROWS) -> list[Any]:
    """Return the rows of a valid response, in which `null` stands for an empty list."""
    return [] if rows is None else rows_of(rows, maximum)


def member(value: Any, name: str) -> Any:
    """Return the member `name` of an object, `None` if it is missing or `value` is not an object."""
    return value.get(name) if isinstance(value, dict) else None


def item(row: Any, place: int) -> Any:
    """Return an optional item of a row, `None` if the row is shorter."""
    return row[place] if len(row) > place else None


def must_be(sent: object, requested: str) -> None:
    """Raise `BadMarket` if a response names a market other than the requested one. `None` is accepted."""
    if sent is not None and sent != requested:
        raise BadMarket(f"{str(sent)[:LONGEST_NAME]!r} is not {requested}")


def rows_of(value: Any, maximum: int = MAX_ROWS) -> list[Any]:
    """Return the rows of a list. Raises `TypeError` for anything else, `ValueError` for too many rows."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    if len(value) > maximum:
        raise ValueError("too many rows")
    return value
