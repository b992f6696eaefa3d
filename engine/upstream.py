"""The guarded door to one provider: nothing asks a provider but through it."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Generic, TypeVar

import pybreaker

from providers import Blocked, Provider, ProviderError, Unavailable, Unsupported

T = TypeVar("T")
P = TypeVar("P", bound=Provider, covariant=True)

FAILURES_TO_OPEN = 5
SECONDS_OPEN = 30
FAILURES_TO_BE_OFFLINE = 3
REMEMBERED = 100
"""How many latencies the 95th percentile is taken from."""
PATIENCE = (0.3, 1.0)
"""Least and most seconds to wait for an answer before another provider is asked as well."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """When (Unix seconds) something failed, and the reason that clients are told."""

    time: float
    reason: str


@dataclass
class Statistics:
    """What is known about a provider from having asked it. Times are Unix seconds, latencies seconds."""

    in_a_row: int = 0
    succeeded: float | None = None
    failed: Failure | None = None
    blocked: bool = False
    latency: float | None = None
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    @property
    def checked(self) -> float | None:
        """When it was last asked."""
        return max(
            (time for time in (self.succeeded, self.failed and self.failed.time) if time), default=None
        )

    @property
    def state(self) -> str:
        """`unknown`, `online`, `degraded`, `offline` or `blocked`."""
        if self.checked is None:
            return "unknown"
        if self.blocked:
            return "blocked"
        if self.in_a_row == 0:
            return "online"
        if self.succeeded is None or self.in_a_row >= FAILURES_TO_BE_OFFLINE:
            return "offline"
        return "degraded"


class Upstream(Generic[P]):
    """Asks `provider` while its circuit is closed, and remembers how that went."""

    def __init__(self, provider: P, *, clock: Callable[[], float] = time.time) -> None:
        self.provider = provider
        self.statistics = Statistics()
        self._clock = clock
        self._lock = threading.Lock()
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=FAILURES_TO_OPEN,
            reset_timeout=SECONDS_OPEN,
            exclude=[Unsupported],
            throw_new_error_on_trip=False,
        )

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def enabled(self) -> bool:
        """Whether it may be asked at all: one that needs a key has one."""
        return self.provider.key is not None or not self.provider.needs_key

    @property
    def patience(self) -> float:
        """Seconds after which its silence is unusual: its own 95th percentile, within `PATIENCE`."""
        known = list(self.statistics.latencies)
        usual = quantiles(known, n=20)[-1] if len(known) >= 5 else PATIENCE[1]
        return min(max(usual, PATIENCE[0]), PATIENCE[1])

    def call(self, ask: Callable[[], T]) -> T:
        """What `ask` returns. Raises its `ProviderError`, or `Unavailable` while the circuit is open."""
        start = time.monotonic()
        try:
            with self._breaker.calling():
                answer = ask()
        except pybreaker.CircuitBreakerError as error:
            raise Unavailable(reason="Circuit open") from error
        except Unsupported:
            raise
        except ProviderError as error:
            self._failed(error)
            raise
        self._succeeded(time.monotonic() - start)
        return answer

    def _succeeded(self, seconds: float) -> None:
        known = self.statistics
        with self._lock:
            known.in_a_row, known.blocked, known.succeeded = 0, False, self._clock()
            known.latencies.append(seconds)
            known.latency = seconds if known.latency is None else 0.8 * known.latency + 0.2 * seconds

    def _failed(self, error: ProviderError) -> None:
        known = self.statistics
        with self._lock:
            known.in_a_row += 1
            known.blocked = isinstance(error, Blocked)
            known.failed = Failure(self._clock(), error.reason)
        log.warning("%s failed: %s (%s)", self.name, error.reason, error)
