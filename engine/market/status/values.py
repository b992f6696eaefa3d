"""The state of the engine and of its providers, as values. Times are Unix seconds."""

from collections.abc import Mapping

import msgspec

from engine.upstream import Failure
from providers import Asset, RateLimit


class ProviderStatus(msgspec.Struct, frozen=True):
    """The state of a provider, in a word of `/api/health`. `latency` is in seconds, `None` before a call."""

    name: str
    priority: int
    state: str
    capabilities: tuple[str, ...]
    latency: float | None
    checked: float | None
    failed: Failure | None
    rate_limit: RateLimit

    @property
    def enabled(self) -> bool:
        """Whether the engine calls it."""
        return self.state != "disabled"


class RemainingBudget(msgspec.Struct, frozen=True):
    """The remaining calls to a provider until `resets_at`, of `limit`; `None` if they are unknown."""

    provider: str
    limit: int
    remaining: int | None
    resets_at: float


class Health(msgspec.Struct, frozen=True):
    """The state of the engine: `healthy`, `degraded` or `unhealthy`.

    `uptime` and `clock_offset` are in seconds, the latter `None` if it is unknown. `hit_rate` is from 0 to
    1, `None` before the first request.
    """

    status: str
    uptime: int
    providers: tuple[ProviderStatus, ...]
    cache_size: int
    hit_rate: float | None
    clock_offset: float | None
    time: float


class ServedCoins(msgspec.Struct, frozen=True):
    """The pinned coins with their last ranks by code, the intervals, and the limits of a candle request."""

    coins: tuple[Asset, ...]
    ranks: Mapping[str, int]
    intervals: tuple[str, ...]
    minimum: int
    maximum: int
