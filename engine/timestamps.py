"""Check and format points in time."""

from datetime import UTC, datetime

AHEAD = 2.0
"""Seconds by which two clocks may differ before a time counts as one of the future."""

YEAR_3000 = 32_503_680_000
"""The first Unix second that no data can have."""


def can_be(time: float) -> bool:
    """Return whether data can have this time, in Unix seconds."""
    return 0 <= time < YEAR_3000


def iso(time: float) -> str:
    """Format Unix seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
