"""How long candles are fresh. Pure functions."""

from providers import INTERVALS, Interval

SHORTEST = 5
"""The minimum seconds that candles are fresh."""
FINAL = 86_400.0
"""Seconds that a window of the past is fresh: its candles no longer change."""


def lifetime(interval: Interval, ceiling: float) -> float:
    """Return the seconds that the newest candles are fresh: a twelfth of the interval, within bounds."""
    most = ceiling if interval.length <= INTERVALS["1h"].length else 3 * ceiling
    return min(max(interval.length / 12_000, SHORTEST), most)
