"""Reading times. Pure functions."""

from datetime import UTC, datetime
from typing import Any

from providers._reading._figures import figure

EARLIEST, LATEST = 1_230_768_000_000, 7_258_118_400_000
"""The beginnings of 2009, when there was no coin yet, and of 2200, in Unix milliseconds."""


def instant(value: Any, unit: int = 1) -> int:
    """A Unix time, sent in whole `unit`s, as milliseconds. Raises `ValueError` for what can be none."""
    read = figure(value)
    if not read.is_integer():
        raise ValueError("a time between two instants")
    return _plausible(int(read) * unit)


def milliseconds(text: Any) -> int:
    """An ISO 8601 time as Unix milliseconds; without a zone it is UTC, wherever this runs.

    Raises `TypeError` for what is no text, and `ValueError` or `OverflowError` for what can be no time.
    """
    moment = datetime.fromisoformat(text)
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _plausible(round(zoned.timestamp() * 1000))


def _plausible(time: int) -> int:
    if not EARLIEST <= time < LATEST:
        raise ValueError("a time out of all bounds")
    return time
