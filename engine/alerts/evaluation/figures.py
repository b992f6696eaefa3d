"""The figures that rules compare, each with its last value."""

from collections.abc import Sequence

NOTHING_YET = "no value yet"


class Figure:
    """One figure. `value` is `None` while it is unknown, for a `reason`. `time` is in Unix milliseconds."""

    __slots__ = ("cursor", "reason", "sources", "time", "value")

    def __init__(self, value: float | None = None) -> None:
        self.value = value
        self.reason = "" if value is not None else NOTHING_YET
        self.time = 0
        self.sources: Sequence[str] = ()
        self.cursor: str | None = None

    def know(self, value: float, time: int, sources: Sequence[str], cursor: str | None) -> None:
        """Set a value that is good enough for rules."""
        self.value, self.reason = value, ""
        self.time, self.sources, self.cursor = time, sources, cursor

    def doubt(self, reason: str, time: int | None = None) -> None:
        """Forget the value for a `reason`."""
        self.value, self.reason = None, reason
        if time is not None:
            self.time = time
