"""Notable events for operators: typed, bounded, and shared by all workers."""

import logging
import threading
from functools import reduce
from operator import or_
from typing import Any

from engine.store import Store
from engine.store.copy_refresh import CopyRefresh, refresh_copies
from engine.telemetry import logs
from engine.telemetry.calls import Asked, Withheld
from engine.telemetry.catalogue_events import CodeRebound, ListingRefused
from engine.telemetry.events import (
    BudgetSpent,
    CircuitClosed,
    CircuitOpened,
    ClockRight,
    ClockWrong,
    Event,
    FallbackTaken,
    MarketFailed,
    ProviderFailed,
    Publish,
    StaleKept,
    discard,
)
from engine.telemetry.repeated_lines import RepeatedLines

__all__ = [
    "MOST",
    "NOTABLE",
    "Asked",
    "BudgetSpent",
    "CircuitClosed",
    "CircuitOpened",
    "ClockRight",
    "ClockWrong",
    "Event",
    "Events",
    "FallbackTaken",
    "MarketFailed",
    "ProviderFailed",
    "StaleKept",
    "Withheld",
]

MOST = 500
"""How many events are kept."""
REMEMBERED = 86_400.0
"""How many seconds each event is kept."""
RING = "events"
COUNT = f"{RING}:count"
LEVELS = {name.lower(): level for name, level in logging.getLevelNamesMapping().items()}
NOTABLE = (
    ProviderFailed,
    MarketFailed,
    CircuitOpened,
    CircuitClosed,
    BudgetSpent,
    FallbackTaken,
    StaleKept,
    ClockWrong,
    ClockRight,
    ListingRefused,
    CodeRebound,
)
"""The events that are kept; the others are too many and are only counted."""
KINDS: Any = reduce(or_, NOTABLE)
"""What is decoded for an event: the name in it says which of them it is."""

log = logging.getLogger(__name__)


class Events:
    """The newest events of all workers that share `store`. Each is logged, and passed to `also`."""

    def __init__(self, store: Store, also: Publish = discard) -> None:
        self._store = store
        self._also = also
        self._lock = threading.Lock()
        self._repeated_lines = RepeatedLines()
        self.copies = CopyRefresh(store, self._look)
        """Fetches what the other workers have published."""

    def publish(self, event: Event) -> None:
        """Log and keep an event."""
        self._also(event)
        level = LEVELS[event.level]
        if log.isEnabledFor(level) and (line := self._repeated_lines.line(event)) is not None:
            about = {"event": event.kind, "provider": event.provider, "endpoint": event.endpoint}
            log.log(level, "%s", line, extra=logs.with_fields(about))
        if not isinstance(event, NOTABLE):
            return
        with self._lock:
            number = self._store.increment(COUNT)
            self._store.set(f"{RING}:{number % MOST}", event, REMEMBERED)

    def recent(self, limit: int = MOST) -> list[Event]:
        """Return at most `limit` events of all workers, the newest first."""
        refresh_copies(self.copies)
        return self.known(limit)

    def known(self, limit: int = MOST) -> list[Event]:
        """Return at most `limit` events from this worker's local copies, the newest first."""
        last: int = self._store.local_copy(COUNT) or 0
        first = max(0, last - min(limit, MOST))
        found = [self._store.local_copy(f"{RING}:{number % MOST}") for number in range(last, first, -1)]
        return sorted((event for event in found if event), key=lambda event: event.time, reverse=True)

    def _look(self) -> None:
        events = {f"{RING}:{number}": KINDS for number in range(MOST)}
        self._store.update_copies({COUNT: int, **events})
