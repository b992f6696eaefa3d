"""Reading rows: an odd one costs none of the others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from providers._errors import BadData, BadMarket

T = TypeVar("T")

UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What reading a body of the wrong shape may raise."""
LONGEST_NAME = 40
MOST_ROWS = 10_000
"""More than any list that is asked for has: reading odd rows holds up everybody, and takes 10 us each."""


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turns whatever a body of the wrong shape raises into `BadData`."""
    try:
        yield
    except UNREADABLE as error:
        raise BadData(f"{name} sent what cannot be read: {type(error).__name__}") from error


def readable(rows: Any, read: Callable[[Any], T | None]) -> list[T]:
    """What `read` makes of each row that it can make something of; `None` is a good row that is not wanted.

    Raises what an odd row raised where all of them are odd, and `TypeError` where `rows` is no list.
    """
    found: list[T] = []
    odd: Exception | None = None
    good = False
    for row in rows_of(rows):
        try:
            value = read(row)
        except (BadMarket, *UNREADABLE) as error:
            odd = error
            continue
        good = True
        if value is not None:
            found.append(value)
    if odd and not good:
        raise odd
    return found


def listed(rows: Any) -> list[Any]:
    """The rows in a sound envelope, where `null` is how some write that there are none of them."""
    return [] if rows is None else rows_of(rows)


def inside(value: Any, name: str) -> Any:
    """What an object has under `name`; `None` where it has nothing, and of what is no object."""
    return value.get(name) if isinstance(value, dict) else None


def must_be(told: object, asked: str) -> None:
    """Raise `BadMarket` where an answer names another market than was `asked`; some name none."""
    if told is not None and told != asked:
        raise BadMarket(f"{str(told)[:LONGEST_NAME]!r} is not {asked}")


def rows_of(value: Any, most: int = MOST_ROWS) -> list[Any]:
    """The rows of a list. Raises `TypeError` for anything else, `ValueError` where there are too many."""
    if not isinstance(value, list):
        raise TypeError("no list")
    if len(value) > most:
        raise ValueError("too many rows")
    return value
