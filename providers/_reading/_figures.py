"""Reading figures: a finite number, sent as one or as plain digits. Pure functions."""

from typing import Any

MOST = 1e24
"""No market has a larger figure; sums and products of smaller ones stay finite."""


def figure(value: Any) -> float:
    """A number that has to be there. Raises an `UNREADABLE` for anything else."""
    if type(value) is str:
        if "_" in value or not value.isascii():
            raise ValueError("digits of another kind")  # float() takes them
    elif type(value) not in (int, float):  # true is an int, too
        raise TypeError("no number")
    read = float(value)
    if not -MOST < read < MOST:  # comparisons with NaN are false
        raise ValueError("a number out of all bounds")
    return read


def number(value: Any) -> float | None:
    """A figure that may be left out: `None` where it was, and where what was sent is no number."""
    if value is None or value == "":
        return None
    try:
        return figure(value)
    except (TypeError, ValueError, OverflowError):
        return None


def price(value: Any) -> float:
    """What a coin costs. Raises `ValueError` for what is not above zero, and as `figure` does."""
    read = figure(value)
    if read <= 0:
        raise ValueError("no price")
    return read


def amount(value: Any) -> float | None:
    """A volume, a capitalisation, or a price that may be left out. 0 is how many write "not known"."""
    read = number(value)
    return read if read is not None and read > 0 else None


def percent(value: Any) -> float | None:
    """A change in per cent; nothing can fall by more than all of it."""
    read = number(value)
    return read if read is not None and read >= -100 else None


def share(value: Any) -> float | None:
    """A part of a whole in per cent."""
    read = amount(value)
    return read if read is not None and read <= 100 else None


def whole(value: Any, least: int = 1) -> int | None:
    """A rank or a count, which is a whole number from `least` on; no rank and no count of coins is 0."""
    read = number(value)
    return int(read) if read is not None and read.is_integer() and least <= read < 2**53 else None


def per_cent(fraction: Any) -> float | None:
    """A change sent as a fraction, in per cent."""
    read = number(fraction)
    return None if read is None else percent(read * 100)


def change(price: float, before: Any) -> float | None:
    """The change from `before` to `price` in per cent, where `before` is known."""
    read = amount(before)
    return None if read is None else percent((price / read - 1) * 100)
