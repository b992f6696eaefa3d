"""The figures that rules compare, as they were last heard."""

from collections.abc import Sequence

NOTHING_YET = "no value yet"


class Cell:
    """One figure. `value` is `None` while it is unknown, for a `reason`. `time` is in Unix milliseconds."""

    __slots__ = ("cursor", "reason", "sources", "time", "value")

    def __init__(self, value: float | None = None) -> None:
        self.value = value
        self.reason = "" if value is not None else NOTHING_YET
        self.time = 0
        self.sources: Sequence[str] = ()
        self.cursor: str | None = None

    def know(self, value: float, time: int, sources: Sequence[str], cursor: str | None) -> None:
        """Take a good value."""
        self.value, self.reason = value, ""
        self.time, self.sources, self.cursor = time, sources, cursor

    def doubt(self, reason: str, time: int | None = None) -> None:
        """Forget the value, which is not good enough for rules."""
        self.value, self.reason = None, reason
        if time is not None:
            self.time = time
