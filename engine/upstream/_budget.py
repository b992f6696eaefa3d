"""A provider's published rate limit, kept by us so that the provider never has to refuse."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from engine.store.local_counters import LocalCounters
from engine.telemetry.event_log import BudgetSpent
from engine.telemetry.events import Publish, discard
from providers import RateLimit, RateLimited

T = TypeVar("T")

PORTION = 0.9
"""The share of the published limit that we use: other programs may call from the same address."""
BACKGROUND = 0.5
"""The share of that budget which background calls may use."""


class Budget:
    """Counts the weight of calls in windows of the provider's period, in `storage` or in local memory."""

    def __init__(
        self,
        name: str,
        limit: RateLimit,
        storage: Storage,
        clock: Callable[[], float],
        publish: Publish = discard,
    ) -> None:
        self._name = name
        self._publish = publish
        self._published_until = 0.0
        self._last_known: tuple[str, int] = ("", 0)
        self._clock = clock
        self.period = limit.period
        self.most = max(1, int(limit.requests * PORTION))
        self._item = RateLimitItemPerSecond(self.most, limit.period, namespace="{budget}")
        self._shared = FixedWindowRateLimiter(storage)

    @cached_property
    def _local(self) -> FixedWindowRateLimiter:
        """The counts of this worker while the storage fails."""
        return FixedWindowRateLimiter(LocalCounters())

    def spend(self, weight: int, share: float = 1.0) -> None:
        """Take `weight` from this period's budget. Raises `RateLimited` where `share` of it is spent."""
        if self.spent + weight > self.most * share or not self._ask(
            lambda limiter: self._hit(limiter, weight)
        ):
            self._publish_once()
            raise RateLimited(f"the budget of {self._name} is spent")

    def correct(self, used: int) -> None:
        """Take over the provider's own count: `used` is spent in this period."""
        if (more := min(used, self.most) - self.spent) > 0:
            self._ask(lambda limiter: self._hit(limiter, more))

    @property
    def spent(self) -> int:
        """The weight of this period's calls so far."""
        left = self._ask(lambda limiter: limiter.get_window_stats(self._item, *self._window)).remaining
        self.remember(self.key, self.most - left)
        return self.most - left

    @property
    def key(self) -> str:
        """The storage key that counts this period's calls."""
        return self._item.key_for(*self._window)

    @property
    def last_known(self) -> int | None:
        """The last value of `spent` that this worker read, `None` if that was in another period."""
        key, count = self._last_known
        return count if key == self.key else None

    def remember(self, key: str, count: int) -> None:
        """Remember the `count` that was read under `key`."""
        self._last_known = key, min(count, self.most)

    @property
    def resets_at(self) -> float:
        """When the period ends, in Unix seconds."""
        return (int(self._clock() // self.period) + 1) * self.period

    def _publish_once(self) -> None:
        """Publish `BudgetSpent` once a period, however many callers are refused."""
        if self._published_until < self.resets_at and self.spent >= self.most:
            self._published_until = self.resets_at
            self._publish(BudgetSpent(self._clock(), self._name, until=self.resets_at))

    @property
    def _window(self) -> tuple[str, str]:
        return self._name, str(int(self._clock() // self.period))

    def _hit(self, limiter: FixedWindowRateLimiter, weight: int) -> bool:
        return limiter.hit(self._item, *self._window, cost=weight)

    def _ask(self, question: Callable[[FixedWindowRateLimiter], T]) -> T:
        try:
            return question(self._shared)
        except StorageError:
            return question(self._local)
