"""When a webhook is tried again. Pure. Times are Unix seconds."""

MINUTE, HOUR = 60.0, 3600.0
DELAYS = (5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR)
"""Seconds after each failed attempt until the next one. After the last of them, the delivery has failed."""
LONGEST = 24 * HOUR
"""The longest wait that a receiver can ask for."""


def next_attempt(failed: int, now: float, asked: float | None) -> float | None:
    """Return when to try again after so many failed attempts, `None` for never.

    `asked` are the seconds that the receiver wants to be left alone: no attempt comes sooner.
    """
    if failed > len(DELAYS):
        return None
    return now + max(DELAYS[failed - 1], min(asked or 0.0, LONGEST))
