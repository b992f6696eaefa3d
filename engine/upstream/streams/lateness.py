"""How old a venue's frames are when they arrive. Pure: times are Unix milliseconds."""

SKEW = 5_000
"""Milliseconds by which a venue's clock may differ from ours. What is more is lateness."""
LATE = 8_000
"""Milliseconds of lateness from which a frame tells the past: a queue before us is full."""


class Lateness:
    """Compares a venue's clock with ours: its frames that took the least time say how they differ."""

    def __init__(self) -> None:
        self._least: int | None = None

    def of(self, sent: int, now: int) -> int:
        """Return by how much a frame is late that was sent at `sent`, and has arrived now."""
        age = now - sent
        self._least = age if self._least is None else min(self._least, age)
        return age - max(-SKEW, min(SKEW, self._least))
