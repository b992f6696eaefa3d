"""Requests no faster than a provider's published rate limit."""

from collections import deque
from collections.abc import Callable

from providers import RateLimit

PORTION = 0.9
"""The share of the published limit that is used: other programs may call from the same address."""


class Pace:
    """Waits before a call until its weight fits into the limit of the period that ends with it."""

    def __init__(
        self,
        limit: RateLimit,
        clock: Callable[[], float],
        wait: Callable[[float], None],
    ) -> None:
        self._most = max(1, int(limit.requests * PORTION))
        self._period = limit.period
        self._clock = clock
        self._wait = wait
        self._spent: deque[tuple[float, int]] = deque()

    def take(self, weight: int) -> None:
        """Return when a call of this weight may be made. One that exceeds the limit itself waits for all."""
        self._forget()
        while self._spent and sum(spent for _, spent in self._spent) + weight > self._most:
            self._wait(self._spent[0][0] + self._period - self._clock())
            self._forget()
        self._spent.append((self._clock(), weight))

    def _forget(self) -> None:
        while self._spent and self._spent[0][0] + self._period <= self._clock():
            self._spent.popleft()
