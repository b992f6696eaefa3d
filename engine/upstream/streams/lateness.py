"""The delay of a venue's frames on their way. Pure: times are Unix milliseconds."""

SKEW = 5_000
"""Milliseconds by which a venue's clock may differ from ours. A greater difference counts as delay."""
LATE = 8_000
"""Milliseconds of delay from which a frame is outdated, because frames are queued on their way."""


class Lateness:
    """Estimates how a venue's clock differs from ours, from the frame with the least delay."""

    def __init__(self) -> None:
        self._least: int | None = None

    def of(self, sent: int, now: int) -> int:
        """Return the delay of a frame that was sent at `sent` and has arrived at `now`."""
        age = now - sent
        self._least = age if self._least is None else min(self._least, age)
        return age - max(-SKEW, min(SKEW, self._least))
