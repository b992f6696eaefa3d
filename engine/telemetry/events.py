"""The kinds of events, with their messages."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import msgspec

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
"""The endpoint that serves what is stored under each kind of key."""


class Event(msgspec.Struct, frozen=True, tag=True):
    """Something that happened at `time` (Unix seconds), concerning a `provider` or an `endpoint`."""

    level: ClassVar[str] = "warning"
    """`debug`, `info`, `warning` or `error`."""

    time: float
    provider: str | None = None
    endpoint: str | None = None

    @property
    def is_sound(self) -> bool:
        """Whether its time is possible."""
        return can_be(self.time)

    @property
    def kind(self) -> str:
        """The event's name, for programs."""
        return type(self).__name__

    @property
    def message(self) -> str:
        """The event in words that are safe to publish: no address, no key, no text of a provider."""
        raise NotImplementedError

    @property
    def line(self) -> str:
        """The same for the log."""
        return self.message


class ProviderFailed(Event, frozen=True, tag=True):
    """A call to a provider gave no usable answer. `detail` is for the log only."""

    reason: str = ""
    detail: str = ""

    @property
    def message(self) -> str:
        """The provider and the reason."""
        return f"{self.provider} failed: {self.reason}"

    @property
    def line(self) -> str:
        """The same, with the detail."""
        return f"{self.message} ({self.detail})" if self.detail else self.message


class MarketFailed(Event, frozen=True, tag=True):
    """One market of a provider is unusable and is skipped until `until` (Unix seconds).

    It says nothing about the provider as a whole. `detail` is for the log only.
    """

    market: str = ""
    until: float = 0.0
    reason: str = ""
    detail: str = ""

    @property
    def message(self) -> str:
        """The provider, the market, the reason and the duration."""
        seconds = f"{self.until - self.time:.0f} s"
        return f"{self.provider} market {self.market} skipped for {seconds}: {self.reason}"

    @property
    def line(self) -> str:
        """The same, with the detail."""
        return f"{self.message} ({self.detail})" if self.detail else self.message


class CircuitOpened(Event, frozen=True, tag=True):
    """A provider's circuit is open until `until` (Unix seconds)."""

    level: ClassVar[str] = "error"
    until: float = 0.0
    reason: str = ""

    @property
    def message(self) -> str:
        """The provider, the reason and the duration."""
        return f"{self.provider} circuit open for {self.until - self.time:.0f} s: {self.reason}"


class CircuitClosed(Event, frozen=True, tag=True):
    """A provider answers again, so that its circuit is closed."""

    level: ClassVar[str] = "info"

    @property
    def message(self) -> str:
        """The provider."""
        return f"{self.provider} answers again"


class BudgetSpent(Event, frozen=True, tag=True):
    """A provider's budget is spent until `until` (Unix seconds)."""

    until: float = 0.0

    @property
    def message(self) -> str:
        """The provider and the duration."""
        return f"{self.provider} budget spent for {self.until - self.time:.0f} s"


class FallbackTaken(Event, frozen=True, tag=True):
    """`provider` serves in place of the provider that is asked first."""

    instead_of: str = ""
    reason: str = ""

    @property
    def message(self) -> str:
        """Both providers and the reason."""
        return f"{self.provider} serves instead of {self.instead_of}: {self.reason}"


class StaleKept(Event, frozen=True, tag=True):
    """A refresh failed, so that clients get older data."""

    count: int = 1

    @classmethod
    def of(cls, now: float, keys: Sequence[str]) -> "StaleKept":
        """Build the event for entries under `keys`, with the endpoint that serves them."""
        kind = keys[0].partition(":")[0]
        return cls(now, endpoint=ENDPOINTS.get(kind, kind), count=len(keys))

    @property
    def message(self) -> str:
        """How many entries are affected."""
        entries = "1 cached entry" if self.count == 1 else f"{self.count} cached entries"
        return f"refresh failed; keeping {entries}"


class ClockWrong(Event, frozen=True, tag=True):
    """This host's clock differs from the providers' clocks; `offset` seconds are added to it."""

    offset: float = 0.0

    @property
    def message(self) -> str:
        """The offset and its consequence."""
        word = "slow" if self.offset > 0 else "fast"
        return (
            f"this host's clock is {abs(self.offset):.0f} s {word}: data is judged by the providers' clocks"
        )


class ClockRight(Event, frozen=True, tag=True):
    """This host's clock agrees with the providers' clocks again."""

    level: ClassVar[str] = "info"

    @property
    def message(self) -> str:
        """The fact itself."""
        return "this host's clock is right again"


Publish = Callable[[Event], None]


def discard(event: Event) -> None:
    """Drop the event."""
