"""Parse times. Pure functions."""

from datetime import UTC, datetime
from typing import Any

from providers._reading._figures import figure

EARLIEST, LATEST = 1_230_768_000_000, 7_258_118_400_000
"""The beginnings of 2009, before the first coin, and of 2200, in Unix milliseconds."""


def instant(value: Any, unit: int = 1) -> int:
    """Parse an integer Unix time, and return milliseconds. Raises `ValueError` if it is implausible."""
    read = figure(value)
    if not read.is_integer():
        raise ValueError("not an integer time")
    return _plausible(int(read) * unit)


def optional_instant(value: Any, unit: int = 1) -> int | None:
    """Parse an optional Unix time, and return milliseconds, `None` if it is missing, zero or invalid."""
    try:
        return instant(value, unit)
    except (TypeError, ValueError, OverflowError):
        return None


def milliseconds(text: Any) -> int:
    """Parse an ISO 8601 time, and return Unix milliseconds. A time without a zone is UTC.

    Raises `TypeError` if it is not a text, and `ValueError` or `OverflowError` if it is not a plausible time.
    """
    moment = datetime.fromisoformat(text)
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _plausible(round(zoned.timestamp() * 1000))


def _plausible(time: int) -> int:
    if not EARLIEST <= time < LATEST:
        raise ValueError("a time out of range")
    return time
