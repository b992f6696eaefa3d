"""The record of who was asked for what, and the faults that wait for the next call."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

from .faults import Fault

MOST_CALLS = 200_000


@dataclass(frozen=True)
class Call:
    """One answered call; the status is 0 when the fault of the moment sent none."""

    provider: str
    path: str
    query: str
    time: float
    status: int


class CallLog:
    """The newest calls, safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: deque[Call] = deque(maxlen=MOST_CALLS)

    def add(self, call: Call) -> None:
        """Remember a call."""
        with self._lock:
            self._calls.append(call)

    def forget(self) -> None:
        """Start counting anew."""
        with self._lock:
            self._calls.clear()

    def list(self, provider: str | None = None, path: str | None = None) -> list[Call]:
        """The calls to a provider and with `path` in their path; without either, all."""
        with self._lock:
            calls = list(self._calls)
        return [
            call
            for call in calls
            if (provider is None or call.provider == provider) and (path is None or path in call.path)
        ]

    def count(self, provider: str | None = None, path: str | None = None) -> int:
        """How many calls `list` would give."""
        return len(self.list(provider, path))

    def __iter__(self) -> Iterator[Call]:
        return iter(self.list())

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, place: int) -> Call:
        return self._calls[place]


class FaultBoard:
    """The faults in force per provider, each counting down its calls."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: dict[str, list[tuple[Fault, list[int | None]]]] = defaultdict(list)

    def add(self, provider: str, fault: Fault) -> None:
        """Put a fault in force beside those already there."""
        with self._lock:
            self._faults[provider].append((fault, [fault.times]))

    def heal(self, provider: str | None = None) -> None:
        """Lift all faults of a provider, or of everyone."""
        with self._lock:
            if provider is None:
                self._faults.clear()
            else:
                self._faults.pop(provider, None)

    def take(self, provider: str, path: str) -> list[Fault]:
        """The faults that hit this call; those that are limited have one call less to go."""
        hit = []
        with self._lock:
            for fault, left in self._faults.get(provider, ()):
                if fault.path not in path or left[0] == 0:
                    continue
                if left[0] is not None:
                    left[0] -= 1
                hit.append(fault)
        return hit
