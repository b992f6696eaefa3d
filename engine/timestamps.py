"""Moments as they are written."""

from datetime import UTC, datetime

AHEAD = 2.0
"""Seconds by which the clocks of two hosts may differ, or one clock be set, without anybody minding."""


YEAR_3000 = 32_503_680_000


def can_be(time: float) -> bool:
    """Whether anything can have that time, in Unix seconds."""
    return 0 <= time < YEAR_3000


def iso(time: float) -> str:
    """Unix seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
