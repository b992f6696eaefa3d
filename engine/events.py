"""What happened that an operator wants to know: typed, bounded, and the same from every worker."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from engine.store import Store

MOST = 500
"""How many events are remembered."""
REMEMBERED = 86_400.0
"""Seconds for which each of them is."""
RING = "events"
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

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `time` (Unix seconds), with whom (`provider`) and to what (`endpoint`)."""

    level: ClassVar[str] = "warning"
    """`info`, `warning` or `error`."""

    time: float
    provider: str | None = None
    endpoint: str | None = None

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


Tell = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Tell nobody."""


class Events:
    """The newest events of all workers that share `store`. Each is logged as it happens."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()

    def tell(self, event: Event) -> None:
        """Log and remember."""
        log.log(logging.getLevelNamesMapping()[event.level.upper()], "%s", event.line)
        with self._lock:
            number = self._store.count(f"{RING}:count")
            self._store.set(f"{RING}:{number % MOST}", event, REMEMBERED)

    def recent(self, limit: int = MOST) -> list[Event]:
        """At most `limit`, the newest first."""
        last: int = self._store.get(f"{RING}:count") or 0
        first = max(0, last - min(limit, MOST))
        found = self._store.several([f"{RING}:{number % MOST}" for number in range(last, first, -1)])
        return sorted((event for event in found if event), key=lambda event: event.time, reverse=True)
