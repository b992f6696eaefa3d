"""The guarded door to one provider: nothing asks a provider but through it."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import copy, deepcopy
from typing import Generic, Self, TypeVar

from limits.storage import MemoryStorage, Storage

from engine.events import ProviderFailed, Tell, ignore
from engine.store import Store
from engine.upstream._budget import BACKGROUND, Budget
from engine.upstream._circuit import Circuit, Shut
from engine.upstream._statistics import Failure, Statistics
from providers import Blocked, Provider, ProviderError, Unsupported

__all__ = ["BACKGROUND", "Failure", "Shut", "Statistics", "Upstream"]

T = TypeVar("T")
P = TypeVar("P", bound=Provider, covariant=True)

CALLS_AT_ONCE = 8
"""One provider that hangs cannot take more threads than these."""
STATISTICS_KEPT = 7 * 86_400


class Upstream(Generic[P]):
    """Asks `provider` within its budget while its circuit is closed, and remembers how that went."""

    def __init__(
        self,
        provider: P,
        store: Store,
        counts: Storage | None = None,
        *,
        clock: Callable[[], float] = time.time,
        tell: Tell = ignore,
    ) -> None:
        self.provider = provider
        self.circuit = Circuit(provider.name, store, clock, tell)
        self.budget = Budget(provider.name, provider.rate_limit, counts or MemoryStorage(), clock, tell)
        self.pool = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix=provider.name)
        self._store = store
        self._clock = clock
        self._tell = tell
        self._lock = threading.Lock()
        provider.observe = self._observe

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def enabled(self) -> bool:
        """Whether it may be asked at all: one that needs a key has one."""
        return self.provider.key is not None or not self.provider.needs_key

    @property
    def statistics(self) -> Statistics:
        """What is known of it, by all workers together."""
        place = f"statistics:{self.name}"
        known: Statistics | None = self._store.get(place) or self._store.own(place)
        return known or Statistics()

    @property
    def state(self) -> str:
        """`unknown`, `online`, `degraded`, `offline` or `blocked`."""
        shut = self.circuit.shut
        if shut is None:
            return self.statistics.state
        return "blocked" if shut.reason == Blocked.reason else "offline"

    def host(self, name: str) -> Self:
        """The same with a door of its own, for one of several hosts that fail each by itself."""
        other = copy(self)
        other.circuit = Circuit(f"{self.name}:{name}", self._store, self._clock, self._tell)
        return other

    def call(self, ask: Callable[[], T], weight: int = 1, share: float = 1.0) -> T:
        """What `ask` returns. Raises its `ProviderError`, or why it is not even asked."""
        return self.circuit.call(lambda: self._measured(ask), lambda: self.budget.spend(weight, share))

    def silent(self) -> None:
        """It was asked and given up: often enough, that counts before its own time-out says so."""
        if self.circuit.silent():
            self._failed("Timeout")

    def _measured(self, ask: Callable[[], T]) -> T:
        start = time.monotonic()
        try:
            answer = ask()
        except Unsupported:
            raise
        except ProviderError as error:
            self._failed(error.reason, str(error))
            raise
        seconds = time.monotonic() - start
        self._remember(lambda known: known.success(self._clock(), seconds))
        return answer

    def _failed(self, reason: str, detail: str = "") -> None:
        self._tell(ProviderFailed(self._clock(), self.name, reason=reason, detail=detail))
        self._remember(lambda known: known.failure(self._clock(), reason))

    def _remember(self, change: Callable[[Statistics], None]) -> None:
        with self._lock:
            known = deepcopy(self.statistics)
            change(known)
            self._store.set(f"statistics:{self.name}", known, STATISTICS_KEPT)

    def _observe(self, headers: Mapping[str, str]) -> None:
        used = self.provider.used(headers)
        if used is not None:
            self.budget.correct(used)
