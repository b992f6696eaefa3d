"""The record of calls, and the faults that wait for the next call."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

from .faults import Fault

MOST_CALLS = 200_000


@dataclass(frozen=True)
class Call:
    """An answered call. The status is 0 if a fault sent none."""

    provider: str
    path: str
    query: str
    time: float
    status: int


class CallLog:
    """The newest calls, for use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: deque[Call] = deque(maxlen=MOST_CALLS)

    def add(self, call: Call) -> None:
        """Add a call."""
        with self._lock:
            self._calls.append(call)

    def forget(self) -> None:
        """Delete all calls."""
        with self._lock:
            self._calls.clear()

    def list(self, provider: str | None = None, path: str | None = None) -> list[Call]:
        """Return the calls to a provider and with `path` in their path, or all without either."""
        with self._lock:
            calls = list(self._calls)
        return [
            call
            for call in calls
            if (provider is None or call.provider == provider) and (path is None or path in call.path)
        ]

    def count(self, provider: str | None = None, path: str | None = None) -> int:
        """Return the number of calls in `list`."""
        return len(self.list(provider, path))

    def __iter__(self) -> Iterator[Call]:
        return iter(self.list())

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, place: int) -> Call:
        return self._calls[place]


class FaultBoard:
    """The active faults of each provider, each with its rest of calls."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: dict[str, list[tuple[Fault, list[int | None]]]] = defaultdict(list)

    def add(self, provider: str, fault: Fault) -> None:
        """Activate a fault in addition to those of the provider."""
        with self._lock:
            self._faults[provider].append((fault, [fault.times]))

    def heal(self, provider: str | None = None) -> None:
        """Remove all faults of a provider, or of all providers."""
        with self._lock:
            if provider is None:
                self._faults.clear()
            else:
                self._faults.pop(provider, None)

    def take(self, provider: str, path: str) -> list[Fault]:
        """Return the faults of this call, and count it for those that are limited."""
        hit = []
        with self._lock:
            for fault, left in self._faults.get(provider, ()):
                if fault.path not in path or left[0] == 0:
                    continue
                if left[0] is not None:
                    left[0] -= 1
                hit.append(fault)
        return hit
