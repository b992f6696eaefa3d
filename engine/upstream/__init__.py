"""The guarded way to one provider: every call passes its circuit breaker and its budget."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import copy, deepcopy
from typing import Generic, Self, TypeVar

import msgspec
from limits.storage import Storage

from engine.store import Store
from engine.store.local_counters import LocalCounters
from engine.telemetry import spans
from engine.telemetry.event_log import Asked, ProviderFailed, Withheld
from engine.telemetry.events import Publish, discard
from engine.upstream._budget import BACKGROUND, Budget
from engine.upstream._circuit import Circuit
from engine.upstream._open_state import OpenState
from engine.upstream._states import combined, state_of
from engine.upstream._statistics import PATIENCE, Failure, Statistics
from engine.upstream.exchanges import recorded
from providers import BadData, BadMarket, Provider, ProviderError, RateLimited, Unsupported

__all__ = ["BACKGROUND", "Failure", "OpenState", "Snapshot", "Statistics", "Upstream"]

T = TypeVar("T")
P = TypeVar("P", bound=Provider, covariant=True)

CALLS_AT_ONCE = 8
"""How many calls to one provider may run at once, so that a provider that hangs blocks only these threads."""
CALLS_AT_ONE_HOST = 2
"""The same for one host of a provider whose hosts fail independently."""
STATISTICS_KEPT = 7 * 86_400


class Snapshot(msgspec.Struct, frozen=True):
    """A provider's state, statistics and open circuit as this worker last knew them."""

    state: str
    statistics: Statistics
    open_state: OpenState | None


class Upstream(Generic[P]):
    """Calls `provider` within its budget while its circuit is closed, and records the outcomes."""

    def __init__(
        self,
        provider: P,
        store: Store,
        counts: Storage | None = None,
        *,
        clock: Callable[[], float] = time.time,
        publish: Publish = discard,
        patience: tuple[float, float] = PATIENCE,
    ) -> None:
        self.provider = provider
        self._patience = patience
        counts = counts or LocalCounters()
        self.circuit = Circuit(provider.name, store, clock, publish)
        self.budget = Budget(provider.name, provider.rate_limit, counts, clock, publish)
        self.pool = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix=provider.name)
        self._places: tuple[str, ...] = (provider.name,)
        self._hosts: list[Upstream[P]] = []
        self._store = store
        self._counts = counts
        self._clock = clock
        self._publish = publish
        self._lock = threading.Lock()
        provider.observe = self._observe
        provider.exchange = recorded(provider)

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def enabled(self) -> bool:
        """Whether it may be called at all: a provider that needs a key has one."""
        return self.provider.key is not None or not self.provider.needs_key

    @property
    def statistics(self) -> Statistics:
        """Its statistics, shared by all workers."""
        return self._known(self._places[0])

    @property
    def patience(self) -> float:
        """Seconds without an answer after which the next provider is asked too."""
        return self.statistics.patience(*self._patience)

    @property
    def state(self) -> str:
        """`unknown`, `online`, `degraded`, `offline` or `blocked`; for several hosts, the combined state."""
        if self._hosts:
            return combined([host.state for host in self._hosts])
        return state_of(self.statistics, self.circuit.open_state)

    @property
    def snapshot(self) -> "Snapshot":
        """What this worker knows already; reads neither the provider nor Redis."""
        known: Statistics = self._store.local_copy(f"statistics:{self._places[0]}") or Statistics()
        opened = self.circuit.last_known
        if self._hosts:
            return Snapshot(combined([host.snapshot.state for host in self._hosts]), known, opened)
        return Snapshot(state_of(known, opened), known, opened)

    @property
    def kinds(self) -> dict[str, type]:
        """The store keys that hold its state for all workers, with the type of each value."""
        hosts = {key: kind for host in self._hosts for key, kind in host.kinds.items()}
        return {self.circuit.key: OpenState, f"statistics:{self._places[0]}": Statistics, **hosts}

    def host(self, name: str) -> Self:
        """Return an upstream for one of several hosts that fail independently.

        It has a circuit, a budget, a pool and statistics of its own. The provider's statistics sum up all
        hosts.
        """
        other, place = copy(self), f"{self.name}:{name}"
        other.circuit = Circuit(place, self._store, self._clock, self._publish)
        other.budget = Budget(place, self.provider.rate_limit, self._counts, self._clock, self._publish)
        other.pool = ThreadPoolExecutor(CALLS_AT_ONE_HOST, thread_name_prefix=place)
        other._places, other._hosts = (place, *self._places), []
        self._hosts.append(other)
        return other

    def call(self, ask: Callable[[], T], weight: int = 1, share: float = 1.0) -> T:
        """Return what `ask` returns. Raises its `ProviderError`, or the reason why the call was not made."""
        return self.circuit.call(lambda: self._recorded(ask), lambda: self._spend(weight, share))

    def timed_out(self) -> None:
        """Record that a caller stopped waiting; enough of these count as a failure."""
        if self.circuit.timed_out():
            self._failed("Timeout")

    def _recorded(self, ask: Callable[[], T]) -> T:
        with spans.span(f"call {self.name}", {"provider": self.name}):
            return self._measured(ask)

    def _measured(self, ask: Callable[[], T]) -> T:
        start = time.monotonic()
        outcome = "Unforeseen"
        try:
            answer = ask()
            outcome = "ok"
        except BadMarket:
            outcome = "Bad market"
            raise
        except ProviderError as error:
            outcome = error.reason
            if not isinstance(error, Unsupported):
                self._failed(error.reason, str(error))
            raise
        except Exception as error:
            self._failed(BadData.reason, type(error).__name__)
            raise
        finally:
            seconds = time.monotonic() - start
            self._publish(Asked(self._clock(), self.name, outcome=outcome, seconds=seconds))
        self._remember(lambda known: known.success(self._clock(), seconds))
        return answer

    def _spend(self, weight: int, share: float) -> None:
        try:
            self.budget.spend(weight, share)
        except RateLimited:
            self._publish(Withheld(self._clock(), self.name))
            raise

    def _failed(self, reason: str, detail: str = "") -> None:
        self._publish(ProviderFailed(self._clock(), self.name, reason=reason, detail=detail))
        self._remember(lambda known: known.failure(self._clock(), reason))

    def _remember(self, change: Callable[[Statistics], None]) -> None:
        with self._lock:
            for place in self._places:
                known = deepcopy(self._known(place))
                change(known)
                self._store.set(f"statistics:{place}", known, STATISTICS_KEPT)

    def _known(self, place: str) -> Statistics:
        key = f"statistics:{place}"
        return self._store.get(key, Statistics) or self._store.local_copy(key) or Statistics()

    def _observe(self, headers: Mapping[str, str]) -> None:
        used = self.provider.used(headers)
        if used is not None:
            self.budget.correct(used)
