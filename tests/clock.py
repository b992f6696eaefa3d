"""A clock that changes only when a test advances it."""

from datetime import UTC, datetime


class Clock:
    """A clock of Unix seconds, like `time.time`."""

    def __init__(self, start: str = "2026-11-22T16:40:30Z") -> None:
        self.time = datetime.fromisoformat(start).astimezone(UTC).timestamp()

    def __call__(self) -> float:
        """Return the time."""
        return self.time

    def advance(self, seconds: float) -> None:
        """Advance the clock by `seconds`."""
        self.time += seconds
