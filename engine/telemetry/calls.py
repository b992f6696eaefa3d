"""Every single call to a provider: too many to be remembered, so that they are only counted."""

from dataclasses import dataclass
from typing import ClassVar

from engine.telemetry.events import Event


@dataclass(frozen=True, slots=True)
class Asked(Event):
    """A provider was asked, and after so many `seconds` that ended with `outcome`: `ok`, or the reason."""

    level: ClassVar[str] = "debug"
    outcome: str = ""
    seconds: float = 0.0

    @property
    def message(self) -> str:
        """Who, and what came of it."""
        return f"{self.provider} was asked: {self.outcome} after {self.seconds * 1000:.0f} ms"


@dataclass(frozen=True, slots=True)
class Withheld(Event):
    """A provider was not asked, since what it allows is used up."""

    level: ClassVar[str] = "debug"

    @property
    def message(self) -> str:
        """Who."""
        return f"{self.provider} was not asked: its budget is spent"
