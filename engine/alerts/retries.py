"""When a failed delivery is tried again. Pure. Times are Unix seconds."""

MINUTE, HOUR = 60.0, 3600.0
DELAYS = (5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR)
"""Seconds from each failed attempt to the next one. After one more failure, the delivery has failed."""
LONGEST = 24 * HOUR
"""The longest `Retry-After` that is obeyed."""


def next_attempt(failed: int, now: float, retry_after: float | None) -> float | None:
    """Return when to try again after so many failed attempts, `None` for never.

    `retry_after` are the seconds of the receiver's `Retry-After`: no attempt comes sooner.
    """
    if failed > len(DELAYS):
        return None
    return now + max(DELAYS[failed - 1], min(retry_after or 0.0, LONGEST))
