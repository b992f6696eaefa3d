"""Events for single calls to providers. They are too many to keep and are only counted."""

from typing import ClassVar

from engine.telemetry.events import Event


class Asked(Event, frozen=True, tag=True):
    """A call to a provider ended after `seconds` with `outcome`: `ok`, or the reason of its failure."""

    level: ClassVar[str] = "debug"
    outcome: str = ""
    seconds: float = 0.0

    @property
    def message(self) -> str:
        """The provider and the outcome."""
        return f"{self.provider} called: {self.outcome} after {self.seconds * 1000:.0f} ms"


class Withheld(Event, frozen=True, tag=True):
    """A call was not made because the provider's budget is spent."""

    level: ClassVar[str] = "debug"

    @property
    def message(self) -> str:
        """The provider."""
        return f"{self.provider} not called: its budget is spent"
