"""Parse figures: finite numbers, sent as numbers or as plain digits. Pure functions."""

from typing import Any

MAX_FIGURE = 1e24
"""Larger than any figure of a market, and small enough that sums and products stay finite."""


def figure(value: Any) -> float:
    """Parse a required number. Raises an `UNREADABLE` for anything else."""
    if type(value) is str:
        if "_" in value or not value.isascii():
            raise ValueError("not plain digits")  # float() accepts these
    elif type(value) not in (int, float):  # a bool is an int, too
        raise TypeError("not a number")
    read = float(value)
    if not -MAX_FIGURE < read < MAX_FIGURE:  # comparisons with NaN are false
        raise ValueError("a number out of range")
    return read


def number(value: Any) -> float | None:
    """Parse an optional number, `None` if it is missing or invalid."""
    if value is None or value == "":
        return None
    try:
        return figure(value)
    except (TypeError, ValueError, OverflowError):
        return None


def price(value: Any) -> float:
    """Parse a required price. Raises `ValueError` if it is not above zero, and as `figure` does."""
    read = figure(value)
    if read <= 0:
        raise ValueError("not a price")
    return read


def amount(value: Any) -> float | None:
    """Parse an optional volume, capitalisation or price. Many providers send 0 for an unknown one: `None`."""
    read = number(value)
    return read if read is not None and read > 0 else None


def percent(value: Any) -> float | None:
    """Parse an optional change in per cent, `None` if it is below -100."""
    read = number(value)
    return read if read is not None and read >= -100 else None


def share(value: Any) -> float | None:
    """Parse an optional share in per cent, `None` if it is above 100."""
    read = amount(value)
    return read if read is not None and read <= 100 else None


def integer(value: Any, minimum: int = 1) -> int | None:
    """Parse an optional rank or count, `None` if it is below `minimum`. Ranks and counts begin at 1."""
    read = number(value)
    return int(read) if read is not None and read.is_integer() and minimum <= read < 2**53 else None


def decimals(value: Any) -> float | None:
    """Return the smallest step of a figure that has so many digits after the point."""
    digits = integer(value, minimum=0)
    return float(f"1e-{digits}") if digits is not None and digits <= 20 else None


def percent_of_fraction(fraction: Any) -> float | None:
    """Parse an optional change that was sent as a fraction, and return it in per cent."""
    read = number(fraction)
    return None if read is None else percent(read * 100)


def change(price: float, before: Any) -> float | None:
    """Return the change from `before` to `price` in per cent, `None` if `before` is unknown."""
    read = amount(before)
    return None if read is None else percent((price / read - 1) * 100)
