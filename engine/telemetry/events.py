"""The events themselves, each with the words that tell it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from engine.timestamps import can_be

ENDPOINTS = {
    "quotes": "/api/prices",
    "series": "/api/ohlcv",
    "window": "/api/ohlcv",
    "overview": "/api/market/overview",
    "categories": "/api/categories",
    "fear_greed": "/api/sentiment",
    "news": "/api/news",
}
"""Where what is kept under each kind of key is asked for."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `time` (Unix seconds), with whom (`provider`) and to what (`endpoint`)."""

    level: ClassVar[str] = "warning"
    """`debug`, `info`, `warning` or `error`."""

    time: float
    provider: str | None = None
    endpoint: str | None = None

    @property
    def is_sound(self) -> bool:
        """Whether its time can be told."""
        return can_be(self.time)

    @property
    def kind(self) -> str:
        """The event's name, for programs."""
        return type(self).__name__

    @property
    def message(self) -> str:
        """The event in words that anybody may read: no address, no key, nothing that a provider wrote."""
        raise NotImplementedError

    @property
    def line(self) -> str:
        """The same for the log."""
        return self.message


@dataclass(frozen=True, slots=True)
class ProviderFailed(Event):
    """A provider was asked and gave nothing that can be used. `detail` is for the log only."""

    reason: str = ""
    detail: str = ""

    @property
    def message(self) -> str:
        """Who, and why."""
        return f"{self.provider} failed: {self.reason}"

    @property
    def line(self) -> str:
        """With what was seen."""
        return f"{self.message} ({self.detail})" if self.detail else self.message


@dataclass(frozen=True, slots=True)
class MarketFailed(Event):
    """One market of a provider is of no use, and is not asked for until `until` (Unix seconds).

    It says nothing about the provider. `detail` is for the log only.
    """

    market: str = ""
    until: float = 0.0
    reason: str = ""
    detail: str = ""

    @property
    def message(self) -> str:
        """Whose, which, why, and for how long."""
        seconds = f"{self.until - self.time:.0f} seconds"
        return f"{self.provider} is not asked for {self.market} for {seconds}: {self.reason}"

    @property
    def line(self) -> str:
        """With what was seen."""
        return f"{self.message} ({self.detail})" if self.detail else self.message


@dataclass(frozen=True, slots=True)
class CircuitOpened(Event):
    """A provider is left alone until `until` (Unix seconds)."""

    level: ClassVar[str] = "error"
    until: float = 0.0
    reason: str = ""

    @property
    def message(self) -> str:
        """Who, why, and for how long."""
        return f"{self.provider} is not asked for {self.until - self.time:.0f} seconds: {self.reason}"


@dataclass(frozen=True, slots=True)
class CircuitClosed(Event):
    """A provider that was left alone answers again."""

    level: ClassVar[str] = "info"

    @property
    def message(self) -> str:
        """Who."""
        return f"{self.provider} answers again"


@dataclass(frozen=True, slots=True)
class BudgetSpent(Event):
    """What a provider allows is used up until `until` (Unix seconds)."""

    until: float = 0.0

    @property
    def message(self) -> str:
        """Whose, and for how long."""
        return f"the budget of {self.provider} is spent for {self.until - self.time:.0f} seconds"


@dataclass(frozen=True, slots=True)
class FallbackTaken(Event):
    """`provider` serves what another one is asked for first."""

    instead_of: str = ""
    reason: str = ""

    @property
    def message(self) -> str:
        """Who, for whom, and why."""
        return f"{self.provider} serves instead of {self.instead_of}: {self.reason}"


@dataclass(frozen=True, slots=True)
class StaleKept(Event):
    """A refresh failed, so that clients are given what is old."""

    count: int = 1

    @classmethod
    def of(cls, now: float, keys: Sequence[str]) -> "StaleKept":
        """With where what is kept under `keys` is asked for."""
        kind = keys[0].partition(":")[0]
        return cls(now, endpoint=ENDPOINTS.get(kind, kind), count=len(keys))

    @property
    def message(self) -> str:
        """How much of what."""
        used = "1 kept answer is" if self.count == 1 else f"{self.count} kept answers are"
        return f"a refresh failed: {used} used on"


@dataclass(frozen=True, slots=True)
class ClockWrong(Event):
    """The clock of this host differs from those of the providers: `offset` seconds are added to it."""

    offset: float = 0.0

    @property
    def message(self) -> str:
        """How far, and what is done about it."""
        word = "slow" if self.offset > 0 else "fast"
        return (
            f"this host's clock is {abs(self.offset):.0f} s {word}: data is judged by the providers' clocks"
        )


@dataclass(frozen=True, slots=True)
class ClockRight(Event):
    """The clock of this host was wrong and agrees with those of the providers again."""

    level: ClassVar[str] = "info"

    @property
    def message(self) -> str:
        """That it does."""
        return "this host's clock is right again"


Publish = Callable[[Event], None]


def discard(event: Event) -> None:
    """Tell nobody."""
