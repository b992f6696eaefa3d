"""What the engine has observed about a provider."""

from statistics import quantiles

import msgspec

from engine.timestamps import can_be

REMEMBERED = 100
"""How many latencies the 95th percentile is computed from."""
FAILURES_TO_BE_OFFLINE = 3
PATIENCE = (0.3, 1.0)
"""Defaults of `HEDGE_MIN_SECONDS` and `HEDGE_MAX_SECONDS`, for upstreams without settings."""


class Failure(msgspec.Struct, frozen=True):
    """When a call failed (Unix seconds), and the reason as clients read it."""

    time: float
    reason: str


class Statistics(msgspec.Struct):
    """Counts, times in Unix seconds and latencies in seconds; `outcomes` counts `ok` and each reason."""

    outcomes: dict[str, int] = msgspec.field(default_factory=dict)
    in_a_row: int = 0
    succeeded: float | None = None
    failed: Failure | None = None
    latency: float | None = None
    latencies: list[float] = msgspec.field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether its times are possible."""
        return self.checked is None or can_be(self.checked)

    def success(self, now: float, seconds: float) -> None:
        """Record an answer that took `seconds`."""
        self._count("ok")
        self.in_a_row, self.succeeded = 0, now
        self.latencies = [*self.latencies[-REMEMBERED + 1 :], seconds]
        self.latency = seconds if self.latency is None else 0.8 * self.latency + 0.2 * seconds

    def failure(self, now: float, reason: str) -> None:
        """Record a call without a usable answer."""
        self._count(reason)
        self.in_a_row += 1
        self.failed = Failure(now, reason)

    def _count(self, outcome: str) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    @property
    def checked(self) -> float | None:
        """When the provider was last called."""
        times = (self.succeeded, self.failed.time if self.failed else None)
        return max((time for time in times if time is not None), default=None)

    @property
    def slow(self) -> float | None:
        """The 95th percentile of its latencies, `None` while there are too few."""
        return quantiles(self.latencies, n=20)[-1] if len(self.latencies) >= 5 else None

    def patience(self, least: float, most: float) -> float:
        """Return the seconds after which a missing answer is unusual: `most` while its latency is unknown."""
        return min(max(self.slow or most, least), most)

    @property
    def state(self) -> str:
        """`unknown`, `online`, `degraded` or `offline`."""
        if self.checked is None:
            return "unknown"
        if self.in_a_row == 0:
            return "online"
        if self.succeeded is None or self.in_a_row >= FAILURES_TO_BE_OFFLINE:
            return "offline"
        return "degraded"
